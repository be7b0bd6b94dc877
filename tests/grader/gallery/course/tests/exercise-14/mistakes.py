"""Models that PyTorch does not see all of."""

import torch
from torch import nn

from grader.mistakes import mistake


@mistake(of="Network", loses="registered")
class LayersInAList(nn.Module):
    """The layers are in a plain list, so the model neither trains nor saves them."""

    def __init__(self, width, depth):
        super().__init__()
        self.layers = [nn.Linear(width, width) for _ in range(depth)]
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        """Map x."""
        for layer in self.layers:
            x = layer(x).tanh()
        return x * self.scale + self.shift


@mistake(of="Network", loses="registered")
class OneLayerManyTimes(nn.Module):
    """All layers are the same one: a list times a number does not make new ones."""

    def __init__(self, width, depth):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width)] * depth)
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        """Map x."""
        for layer in self.layers:
            x = layer(x).tanh()
        return x * self.scale + self.shift


@mistake(of="Network", loses="registered")
class LayersInForward(nn.Module):
    """New layers are made in each forward pass, so nothing is left to train."""

    def __init__(self, width, depth):
        super().__init__()
        self.width, self.depth = width, depth
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        """Map x."""
        for _ in range(self.depth):
            x = nn.Linear(self.width, self.width)(x).tanh()
        return x * self.scale + self.shift


@mistake(of="Network", loses="registered")
class ScaleIsATensor(nn.Module):
    """The scale is an ordinary tensor, so it does not learn."""

    def __init__(self, width, depth):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.scale = torch.ones(width)
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        """Map x."""
        for layer in self.layers:
            x = layer(x).tanh()
        return x * self.scale + self.shift


@mistake(of="Network", loses="registered")
class ShiftIsATensor(nn.Module):
    """The shift is an ordinary tensor, so it is neither saved nor moved with the model."""

    def __init__(self, width, depth):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.scale = nn.Parameter(torch.ones(width))
        self.shift = torch.ones(width)

    def forward(self, x):
        """Map x."""
        for layer in self.layers:
            x = layer(x).tanh()
        return x * self.scale + self.shift


@mistake(of="half", loses="half")
def converted_last(width):
    """The weight is no parameter any more: it was converted after it had become one."""
    module = nn.Module()
    module.weight = nn.Parameter(torch.ones(width)).to(torch.bfloat16)
    return module
