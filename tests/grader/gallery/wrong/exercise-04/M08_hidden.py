"""M08: the hidden layer is overwritten after it was used.

Named: torch:modified_in_place
"""


def two_layers(x, w, v):
    h = x @ w
    h.tanh_()
    out = h @ v
    h.zero_()
    return out
