"""M16: the forward pass stands inside no_grad().

Named: torch:no_history
"""

import torch
import torch.nn.functional as F


def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        with torch.no_grad():
            output = model(X)
        loss = F.mse_loss(output, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
