"""M54: as before, with other random numbers.

Named: signature:constant_ratio
"""

import torch


def dropout(x, p, training):
    if not training:
        return x
    return x * torch.bernoulli(torch.full(x.shape, 1 - p))
