"""M04: the first weight is used through .data.

Named: signature:no_gradient
"""

import torch


def two_layers(x, w, v):
    hidden = torch.tanh(x @ w.data)
    return hidden @ v
