"""M18: the running total adds up loss tensors.

Named: graphs_kept
"""

import torch
import torch.nn.functional as F


def fit(model, optimizer, batches, epochs):
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.2)
    history = []
    for _ in range(epochs):
        running = 0
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            running = running + loss
        history += [running / len(batches)]
        scheduler.step()
    return history
