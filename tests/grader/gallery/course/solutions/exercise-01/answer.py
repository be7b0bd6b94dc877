"""The training loop."""


def train(model, optimizer, X, y, steps):
    """Train a model in place on the mean squared error; return the loss of each step, as floats."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
