"""deny_long_kernel

Tries: a convolution that computes for long inside a single call of torch, on the side that
compares; no signal interrupts such a call.
Verdict: build_ff is lost; if the call takes too long, the process that compares is ended.
"""

import torch
from torch import nn


def build_ff():
    size = 8_000
    with torch.device("meta"):
        layer = nn.Conv1d(5, 150, size, padding=size, bias=False)
    layer.weight = nn.Parameter(torch.ones(150, 5, size))
    return layer
