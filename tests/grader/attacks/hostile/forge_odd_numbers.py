"""forge_odd_numbers

Tries: answers that compare oddly: minus zero, subnormals, NaN with a message in it, infinity less
itself.
Verdict: nothing passes.
"""

import torch


def make_vector():
    return torch.tensor([0x7FC12345, 0x7F812345, -4194303], dtype=torch.int32).view(torch.float32)


def matvec(A, v):
    return torch.full((len(A),), 1e-45)


def loss_fn(w, x, y):
    return -torch.zeros_like(w)


def train(model, X, y, steps, lr):
    return [float("inf") - float("inf")] * steps
