"""M55: the variance over n.

Named: biased_variance
"""


def running(mean, var, x):
    batch_mean = x.sum(0) / len(x)
    batch_var = ((x - batch_mean) ** 2).sum(0) / len(x)
    return mean.lerp(batch_mean, 0.1), var.lerp(batch_var, 0.1)
