"""forge_class_property

Tries: objects whose __class__ claims to be what is asked for.
Verdict: nothing passes; the class is asked, not the object.
"""

import torch
from torch import nn


class Claims:
    def __init__(self, kind):
        self.kind = kind
        self.weight = torch.zeros(1).expand(3072, 768)
        self.bias = torch.zeros(3072)

    @property
    def __class__(self):
        return self.kind

    def __call__(self, x):
        return torch.zeros(len(x), 3072)


def make_vector():
    return Claims(torch.Tensor)


def matvec(A, v):
    return Claims(torch.Tensor)


def build_ff():
    return Claims(nn.Linear)
