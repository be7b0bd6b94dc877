"""M64: the scale is a tensor that wants gradients, and no parameter.

Named: ScaleIsATensor
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.scale = torch.ones(width, requires_grad=True)
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return x * self.scale + self.shift
