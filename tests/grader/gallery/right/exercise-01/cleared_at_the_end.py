"""Clearing at the end of a step, with zeros in place of None, is clearing."""

from torch import nn


def train(model, optimizer, X, y, steps):
    criterion = nn.MSELoss()
    losses = []
    for _ in range(steps):
        loss = criterion(model(X), y)
        losses.append(float(loss.detach()))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
    return losses
