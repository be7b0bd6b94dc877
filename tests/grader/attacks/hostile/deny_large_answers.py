"""deny_large_answers

Tries: answers as large as the memory allows, in few and in many parts.
Verdict: they fail or run out of memory or time, and the judge keeps up.
"""

import torch


def make_vector():
    return torch.zeros(60 << 20)


def matvec(A, v):
    return [torch.zeros(1) for _ in range(20_000)]


def loss_fn(w, x, y):
    return "x" * (30 << 20)


def train(*_):
    return list(range(1_200_000))
