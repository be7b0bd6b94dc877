"""M61: the layers are in a dict, beside their names.

Named: LayersInAList
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = {f"layer{i}": nn.Linear(width, width) for i in range(depth)}
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        for name in self.layers:
            x = self.layers[name](x).tanh()
        return x * self.scale + self.shift
