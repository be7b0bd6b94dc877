"""views

Means: answers that are views, not contiguous, and require a gradient.
Verdict: full marks; strides and flags are no part of an answer.
"""

import torch


def make_vector():
    table = torch.tensor([[1.0, 9], [2.0, 9], [3.0, 9]], requires_grad=True)
    return table[:, 0]


def matvec(A, v):
    wide = torch.zeros(len(A), 2)
    wide[:, 1] = A @ v
    return wide[:, 1]


def loss_fn(w, x, y):
    return ((w * x - y) ** 2).flip(0).flip(0).expand_as(w)
