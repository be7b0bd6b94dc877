"""M60: the base class is not initialised.

Named: torch:super_init
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, width, depth):
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.scale * x + self.shift
