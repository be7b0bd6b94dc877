"""M07: a copy is moved.

Named: signature:zero
"""

import torch


def update(w, X, y, lr):
    w = w.detach().clone().requires_grad_(True)
    loss = ((X @ w - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
    w.grad.zero_()
