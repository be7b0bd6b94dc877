"""A Sequential and a Buffer register as well; what is not saved is the student's own affair."""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = nn.Sequential(*(nn.Linear(width, width) for _ in range(depth)))
        self.scale = nn.Parameter(torch.ones(width))
        self.shift = nn.Buffer(torch.ones(width))
        self.register_buffer("zero", torch.zeros(()), persistent=False)

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return x * self.scale + self.shift + self.zero


def half(width):
    holder = nn.Module()
    holder.register_parameter("weight", nn.Parameter(torch.ones(width).to(torch.bfloat16)))
    return holder


def shifted(x):
    return nn.functional.pad(x, (1, 0))[:, :-1]
