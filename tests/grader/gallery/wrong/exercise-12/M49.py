"""M49: the standard deviation over one element less.

Named: signature:deviation
"""


def normalize(x, eps):
    mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True)
    return (x - mean) / (var + eps) ** 0.5
