"""forge_hidden_sign

Tries: tensors whose bytes are the right ones, read through a bit that turns the sign or the
imaginary part around.
Verdict: nothing passes: what crosses is the value.
"""

import torch


def make_vector():
    return torch._neg_view(torch.arange(1.0, 4.0))


def matvec(A, v):
    return torch._neg_view(A @ v)


def loss_fn(w, x, y):
    return torch.conj(torch.complex(torch.zeros_like(w), (w * x - y) ** 2)).imag
