"""M13: the sum is divided by the number of examples, and not by that of the numbers.

Named: mean_of_examples_only
"""


def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        loss = ((y - model(X)) ** 2).sum() / len(X)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
