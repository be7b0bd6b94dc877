"""M15: the scheduler steps first thing in each epoch, and so before the first.

Named: schedule_too_early
"""

import torch
import torch.nn.functional as F


def fit(model, optimizer, batches, epochs):
    history = []
    lr_scheduler = torch.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.2)
    for epoch in range(epochs):
        lr_scheduler.step()
        losses = []
        for xb, yb in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history.append(sum(losses) / len(losses))
    return history
