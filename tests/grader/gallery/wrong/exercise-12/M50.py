"""M50: eps is added to the standard deviation.

Named: eps_outside_the_root
"""

import torch


def normalize(x, eps):
    std, mean = torch.std_mean(x, dim=-1, correction=0, keepdim=True)
    return (x - mean) / (std + eps)
