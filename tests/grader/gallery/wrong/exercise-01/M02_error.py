"""M02: backward() is called a second time.

Named: torch:backward_twice
"""

import torch.nn.functional as F


def train(model, optimizer, X, y, steps):
    losses = []
    for i in range(steps):
        optimizer.zero_grad()
        loss = F.mse_loss(model(X), y)
        loss.backward()
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return losses
