"""M64: the shift is no buffer.

Named: ShiftIsATensor
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        ones = torch.ones(width)
        self.shift = ones
        self.scale = nn.Parameter(ones.clone())
        self.layers = nn.ModuleList()
        for _ in range(depth):
            self.layers.append(nn.Linear(width, width))

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return x * self.scale + self.shift
