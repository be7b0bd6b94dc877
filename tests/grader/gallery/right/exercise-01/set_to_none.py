"""Clearing by hand, with None in place of zeros, is clearing."""


def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        for parameter in model.parameters():
            parameter.grad = None
        loss = (y - model(X)).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
