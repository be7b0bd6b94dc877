"""M12: the loss is turned round, as if it were a score to be made large.

Named: uphill
"""

import torch


def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        objective = -torch.nn.functional.mse_loss(model(X), y)
        objective.backward()
        losses.append(-objective.item())
        optimizer.step()
    return losses
