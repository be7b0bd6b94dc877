"""M12: the gradient is added.

Named: signature:negated
"""

import torch


def update(w, X, y, lr):
    loss = ((X @ w - y) ** 2).mean()
    (g,) = torch.autograd.grad(loss, [w])
    with torch.no_grad():
        w.add_(lr * g)
