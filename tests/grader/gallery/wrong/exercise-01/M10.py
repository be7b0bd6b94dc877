"""M10: zero_grad() stands between backward() and step().

Named: nothing_to_step
"""

import torch.nn.functional as F


def train(model, optimizer, X, y, steps):
    losses = []
    for epoch in range(steps):
        pred = model(X)
        loss = F.mse_loss(pred, y)
        losses.append(loss.item())
        loss.backward()
        model.zero_grad()
        optimizer.step()
    return losses
