"""M16: the whole function is decorated with inference_mode().

Named: torch:no_history
"""

import torch
import torch.nn.functional as F


@torch.inference_mode()
def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.mse_loss(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
