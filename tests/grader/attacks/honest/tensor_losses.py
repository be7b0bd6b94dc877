"""tensor_losses

Means: losses kept as tensors, with their graphs.
Verdict: train fails with a sentence about .item(); the parameters keep their point.
"""

import torch


def train(model, X, y, steps, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses
