"""forge_expanded_weight

Tries: a weight of one number, expanded to the right shape.
Verdict: build_ff is right about shapes and passes; build_ff_forward sees that all answers are alike.
"""

import torch
from torch import nn


def build_ff():
    layer = nn.Linear(1, 1)
    layer.weight = nn.Parameter(torch.zeros(1, 1).expand(3072, 768))
    layer.bias = nn.Parameter(torch.zeros(1).expand(3072))
    return layer
