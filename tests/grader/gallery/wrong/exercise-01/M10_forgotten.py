"""M10: backward() is forgotten.

Named: nothing_to_step
"""


def train(model, optimizer, X, y, steps):
    losses = []
    for epoch in range(steps):
        optimizer.zero_grad()
        loss = (model(X) - y).pow(2).mean()
        optimizer.step()
        losses.append(loss.item())
    return losses
