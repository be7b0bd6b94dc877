"""M18: the history collects the loss tensors themselves.

Named: graphs_kept
"""

from torch.nn.functional import mse_loss


def train(model, optimizer, X, y, steps):
    history = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = mse_loss(model(X), y)
        history += [loss]
        loss.backward()
        optimizer.step()
    return history
