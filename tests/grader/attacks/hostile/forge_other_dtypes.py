"""forge_other_dtypes

Tries: bool, complex and object-like answers that are equal to the right one in some sense.
Verdict: nothing passes; the dtype is compared exactly.
"""

import torch


def make_vector():
    return torch.tensor([1, 2, 3], dtype=torch.complex64)


def matvec(A, v):
    return (A @ v).double()


def loss_fn(w, x, y):
    return ((w * x - y) ** 2).to(torch.bfloat16)


def train(model, X, y, steps, lr):
    return tuple(torch.tensor(0.5) for _ in range(steps))
