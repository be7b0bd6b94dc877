"""odd_views

Means: right answers as views: a turned sign, a conjugate's part, strides that overlap or skip.
Verdict: full marks.
"""

import torch


def make_vector():
    return torch._neg_view(-torch.arange(1.0, 4.0))


def matvec(A, v):
    return torch.conj(torch.complex(A @ v, torch.ones(len(A)))).real


def loss_fn(w, x, y):
    error = (w * x - y) ** 2
    return torch.stack([error, error], dim=1).flatten()[::2]
