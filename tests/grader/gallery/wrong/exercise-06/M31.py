"""M31: squeeze() without a dimension.

Named: batch_of_one_gone
"""

import torch


def scores(x, w):
    return torch.squeeze(torch.mm(x, w))
