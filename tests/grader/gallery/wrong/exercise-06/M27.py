"""M27: view is given the shape that the transposed tensor has.

Named: signature:view_as_transpose
"""


def channels_first(x):
    n, t, c = x.shape
    return x.view(n, c, t)
