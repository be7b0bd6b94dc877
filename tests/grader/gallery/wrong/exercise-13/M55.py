"""M55: old and new have changed places.

Named: momentum_turned_round
"""


def running(mean, var, x):
    momentum = 0.9
    mean = mean + momentum * (x.mean(dim=0) - mean)
    var = var + momentum * (x.var(dim=0) - var)
    return mean, var
