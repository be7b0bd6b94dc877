"""deny_odd_tensors

Tries: sparse, nested, quantized, meta, lazy and many-dimensional answers.
Verdict: each fails with a sentence; the judge lives.
"""

import torch


def make_vector():
    return torch.sparse_coo_tensor([[0, 10**9]], [1.0, 2.0], (10**12,), check_invariants=False)


def matvec(A, v):
    return torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)


def loss_fn(w, x, y):
    return torch.ones((1,) * 60, requires_grad=True).conj()


def train(model, X, y, steps, lr):
    return [torch.ones(10**6, 10**6, device="meta")] * steps


def build_ff():
    return torch.nn.LazyLinear(3072)
