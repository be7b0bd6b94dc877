"""M63: the layers are made where they are used.

Named: LayersInForward
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.sizes = [width] * depth
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        layers = nn.Sequential(*[nn.Sequential(nn.Linear(n, n), nn.Tanh()) for n in self.sizes])
        return layers(x) * self.scale + self.shift
