"""M46: exp of large numbers, without their maximum subtracted.

Named: softmax_overflows
"""

import torch


def softmax(x):
    powers = torch.exp(x)
    total = torch.sum(powers, dim=-1).unsqueeze(-1)
    return powers / total
