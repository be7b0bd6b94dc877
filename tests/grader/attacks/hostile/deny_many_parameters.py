"""deny_many_parameters

Tries: fifty thousand parameters that are all one tensor, and as many that are not.
Verdict: build_ff is lost and the judge keeps up.
"""

import torch
from torch import nn


def build_ff():
    shared = nn.Parameter(torch.zeros(1))
    layer = nn.ParameterList([shared] * 50_000)
    layer.extend(nn.Parameter(torch.zeros(1)) for _ in range(20_000))
    return layer
