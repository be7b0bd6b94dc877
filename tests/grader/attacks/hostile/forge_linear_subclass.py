"""forge_linear_subclass

Tries: a subclass of nn.Linear, by name and by inheritance, with a tiny weight and a forward of its own.
Verdict: build_ff fails: a class that is not torch's own is no nn.Linear here.
"""

import torch
from torch import nn


class Linear(nn.Linear):
    def __init__(self):
        super().__init__(1, 1)
        self.weight = nn.Parameter(torch.zeros(3072, 768))
        self.bias = nn.Parameter(torch.zeros(3072))

    def forward(self, x):
        return torch.randn(len(x), 3072)


Linear.__module__ = "torch.nn.modules.linear"


def build_ff():
    return Linear()
