"""M12: the update is written by hand, with a plus.

Named: signature:negated
"""

import torch


def train(model, optimizer, X, y, steps):
    lr = optimizer.param_groups[0]["lr"]
    losses = []
    for _ in range(steps):
        model.zero_grad()
        loss = torch.nn.functional.mse_loss(model(X), y)
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                p += lr * p.grad
        losses.append(loss.item())
    return losses
