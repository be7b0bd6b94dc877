"""M26: the weight is used as it is.

Named: not_transposed
"""

import torch


def linear(x, weight, bias):
    return torch.matmul(x, weight) + bias
