"""M11: step() follows right after zero_grad(), and backward() comes last.

Named: step_before_backward
"""

from torch import nn


def train(model, optimizer, X, y, steps):
    losses = []
    loss_fn = nn.MSELoss()
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        optimizer.step()
        loss.backward()
        losses.append(float(loss))
    return losses
