"""M08: the sigmoid, which the gradient needs, is multiplied in place.

Named: torch:modified_in_place
"""


def gate(x):
    out = x.sigmoid()
    out *= x
    return out
