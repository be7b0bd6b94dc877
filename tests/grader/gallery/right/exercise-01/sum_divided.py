"""A sum that is divided by the number of all its terms is a mean."""


def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((model(X) - y) ** 2).sum() / y.numel()
        loss.backward()
        optimizer.step()
        losses += [loss.tolist()]
    return losses
