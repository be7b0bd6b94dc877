"""M01: the gradients are set to zero before the loop, and never in it.

Named: never_zeroed
"""

import torch


def train(model, optimizer, X, y, steps):
    optimizer.zero_grad()
    history, step = [], 0
    while step < steps:
        error = model(X) - y
        loss = torch.mean(error * error)
        loss.backward()
        history.append(loss.item())
        optimizer.step()
        step += 1
    return history
