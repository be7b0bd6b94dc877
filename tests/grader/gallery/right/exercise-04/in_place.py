"""In-place is right where the gradient does not need what is overwritten."""

import torch


def two_layers(x, w, v):
    return x.mm(w).tanh_().mm(v)


def gate(x):
    out = x.clone()
    out *= torch.sigmoid(x)
    return out
