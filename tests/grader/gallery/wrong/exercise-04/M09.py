"""M09: the error of the in-place product is silenced with .data.

Named: changed_behind_autograd
"""


def gate(x):
    out = x.sigmoid()
    out.data *= x
    return out
