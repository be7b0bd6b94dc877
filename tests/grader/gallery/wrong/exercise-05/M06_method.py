"""M06: the update is made with sub_ while autograd records.

Named: torch:leaf_in_place
"""

import torch


def update(w, X, y, lr):
    loss = torch.nn.functional.mse_loss(X @ w, y)
    (gradient,) = torch.autograd.grad(loss, w)
    w.sub_(gradient, alpha=lr)
