"""M37: torch.Tensor with a capital letter takes a size.

Named: made_of_a_size
"""

import torch


def constant(value):
    t = torch.FloatTensor(value)
    return t
