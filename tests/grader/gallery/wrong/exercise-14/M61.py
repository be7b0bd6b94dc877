"""M61: the layers are appended to a list.

Named: LayersInAList
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, width, depth):
        super(Network, self).__init__()
        self.shift = nn.Buffer(torch.ones(width))
        self.scale = nn.Parameter(torch.full((width,), 1.0))
        self.layers = []
        while len(self.layers) < depth:
            self.layers.append(nn.Linear(in_features=width, out_features=width))

    def forward(self, x):
        h = x
        for i in range(len(self.layers)):
            h = torch.tanh(self.layers[i](h))
        return torch.addcmul(self.shift, h, self.scale)
