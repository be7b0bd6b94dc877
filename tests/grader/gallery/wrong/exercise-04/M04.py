"""M04: the hidden layer is detached.

Named: cut_between_the_layers
"""

import torch


def two_layers(x, w, v):
    hidden = torch.matmul(x, w)
    hidden = torch.tanh(hidden.data)
    output = torch.matmul(hidden, v)
    return output
