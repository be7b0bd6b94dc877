"""M41: the model ends with a softmax.

Named: probabilities_for_scores
"""

import torch
from torch import nn


def scores(x, weight, bias):
    out = nn.functional.linear(x, weight, bias)
    out = torch.exp(out - out.max(1, keepdim=True).values)
    return out / out.sum(1, keepdim=True)
