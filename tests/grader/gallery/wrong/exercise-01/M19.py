"""M19: the loss still has one number for each of the predictions.

Named: torch:loss_not_scalar
"""


def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        loss = (model(X) - y) ** 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.mean().item())
    return losses
