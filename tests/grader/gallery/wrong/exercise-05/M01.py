"""M01: the gradient is never cleared.

Named: never_zeroed
"""

import torch


def update(w, X, y, lr):
    prediction = torch.mv(X, w)
    loss = torch.nn.functional.mse_loss(prediction, y)
    loss.backward()
    w.data = w.data - lr * w.grad
