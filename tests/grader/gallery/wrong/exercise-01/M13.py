"""M13: the sum of the squared errors in place of their mean.

Named: summed
"""

from torch import nn


def train(model, optimizer, X, y, steps):
    loss_fn = nn.MSELoss(reduction="sum")
    losses = []
    for _ in range(steps):
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
