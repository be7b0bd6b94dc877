"""M03: the loss leaves its tensor and is put into another one.

Named: signature:detached
"""

import torch


def squared_error(w, X, y):
    total = 0.0
    for row, truth in zip(X, y):
        total += ((row * w).sum() - truth).item() ** 2
    return torch.tensor(total / len(y))
