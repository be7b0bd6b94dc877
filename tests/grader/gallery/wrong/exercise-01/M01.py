"""M01: the gradients are never set to zero.

Named: never_zeroed
"""

from torch.nn.functional import mse_loss


def train(model, optimizer, X, y, steps):
    history = []
    for _ in range(steps):
        prediction = model(X)
        loss = mse_loss(prediction, y)
        history.append(float(loss))
        loss.backward()
        optimizer.step()
    return history
