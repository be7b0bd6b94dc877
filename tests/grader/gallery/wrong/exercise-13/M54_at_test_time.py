"""M54: the scale is at test time.

Named: scaled_in_evaluation
"""

import torch


def dropout(x, p, training):
    keep = 1 - p
    if training:
        out = x.clone()
        out[torch.rand(x.shape) < p] = 0
        return out
    return keep * x
