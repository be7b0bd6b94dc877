"""M10: the gradients are filled with zeros between backward() and step().

Named: signature:zero
"""

import torch.nn.functional as F


def train(model, optimizer, X, y, steps):
    losses = []
    for epoch in range(steps):
        loss = F.mse_loss(model(X), y)
        loss.backward()
        optimizer.zero_grad(set_to_none=False)
        optimizer.step()
        losses.append(loss.item())
    return losses
