"""M70: a fixed seed, to get the same results as yesterday.

Named: signature:reseeded
"""

import torch


def noisy(x, std):
    torch.manual_seed(42)
    noise = torch.normal(0.0, std, size=x.shape)
    return x + noise
