"""M02: backward() is called a second time, and retain_graph=True has silenced the error.

Named: backward_twice
"""

import torch.nn as nn


def train(model, optimizer, X, y, steps):
    criterion = nn.MSELoss()
    losses = []
    for i in range(steps):
        optimizer.zero_grad()
        out = model(X)
        loss = criterion(out, y)
        losses.append(loss.item())
        for _ in range(2):
            loss.backward(retain_graph=True)
        optimizer.step()
    return losses
