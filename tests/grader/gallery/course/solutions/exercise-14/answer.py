"""A model that PyTorch sees all of."""

import torch
from torch import nn


class Network(nn.Module):
    """Linear layers of one width, each followed by tanh; then a learned scale and a fixed shift.

    Registered are the layers as `layers`, a parameter `scale` and a buffer `shift`; both have
    shape (width,) and begin as ones.
    """

    def __init__(self, width, depth):
        """Make as many layers as `depth` says."""
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("shift", torch.ones(width))

    def forward(self, x):
        """Map x (n, width) to (n, width)."""
        for layer in self.layers:
            x = layer(x).tanh()
        return x * self.scale + self.shift


def half(width):
    """Make a module with one parameter `weight` (width,), ones of dtype bfloat16."""
    module = nn.Module()
    module.weight = nn.Parameter(torch.ones(width, dtype=torch.bfloat16))
    return module


def shifted(x):
    """Put a column of zeros before x (n, t) and drop its last; dtype and device are those of x."""
    return torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], dim=1)
