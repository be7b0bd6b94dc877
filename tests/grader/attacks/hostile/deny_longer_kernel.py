"""deny_longer_kernel

Tries: a convolution that computes for a minute inside a single call of torch, on the side that
compares; no signal interrupts such a call.
Verdict: build_ff is lost; the process that compares is ended, and the check with it.
"""

import torch
from torch import nn


def build_ff():
    size = 10_000
    with torch.device("meta"):
        layer = nn.Conv1d(5, 700, size, padding=size, bias=False)
    layer.weight = nn.Parameter(torch.ones(700, 5, size))
    return layer
