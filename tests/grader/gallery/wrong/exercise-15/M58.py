"""M58: evaluate mode is never left.

Named: train_called_once
"""

import torch


def measure(model, X, y):
    model.eval()
    with torch.no_grad():
        return torch.mean((y - model(X)) ** 2).item()


def fit(model, optimizer, X, y, epochs):
    model = model.train()
    history = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = torch.mean((model(X) - y) ** 2)
        error.backward()
        optimizer.step()
        history.append(measure(model, X, y))
    return history
