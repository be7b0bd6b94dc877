"""M62: one layer, many times.

Named: OneLayerManyTimes
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        layer = nn.Linear(width, width)
        self.layers = nn.ModuleList()
        for _ in range(depth):
            self.layers.append(layer)
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return x * self.scale + self.shift
