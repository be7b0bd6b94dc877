"""parameters_returned

Means: nn.Parameter where a tensor was meant.
Verdict: full marks; it is a tensor.
"""

import torch
from torch import nn


def make_vector():
    return nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))
