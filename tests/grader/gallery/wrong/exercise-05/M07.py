"""M07: the update makes a new tensor, which the caller never sees.

Named: rebound
"""

import torch


def update(w, X, y, lr):
    loss = torch.mean(torch.square(torch.mv(X, w) - y))
    loss.backward()
    w = w - lr * w.grad
    w.grad = None
