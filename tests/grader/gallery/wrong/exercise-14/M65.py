"""M65: the parameter is moved after it has been made.

Named: converted_last
"""

import torch
from torch import nn


class Half(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width)).bfloat16()


def half(width):
    return Half(width)
