"""M54: what is kept is not made larger.

Named: not_rescaled
"""

import torch


def dropout(x, p, training):
    if training:
        mask = torch.rand(x.shape) > p
        x = torch.where(mask, x, 0.0)
    return x
