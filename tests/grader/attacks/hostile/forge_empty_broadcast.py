"""forge_empty_broadcast

Tries: tensors of shape (0, 1): they broadcast against anything, and all() of nothing is true.
Verdict: nothing passes; shapes are compared before values.
"""

import torch


def make_vector():
    return torch.empty(0, 1)


def matvec(A, v):
    return torch.empty(0, 1)


def loss_fn(w, x, y):
    return torch.empty(0, 1) * w.sum()
