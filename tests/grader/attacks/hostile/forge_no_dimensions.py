"""forge_no_dimensions

Tries: answers without a dimension, with one too many, with stride zero, or seen through a window of
the wrong place.
Verdict: nothing passes.
"""

import torch


def make_vector():
    return torch.arange(1.0, 4.0).as_strided((3,), (1,), 0)[None]


def matvec(A, v):
    return (A @ v).mean()


def loss_fn(w, x, y):
    return ((w * x - y) ** 2)[:1].expand(len(w))


def train(model, X, y, steps, lr):
    return [torch.tensor(0.5)] * steps
