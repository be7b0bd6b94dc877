"""M13: the mean is divided by the number of examples once more, before backward().

Named: signature:size_share
"""

from torch.nn.functional import mse_loss


def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        loss = mse_loss(model(X), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        (loss / X.shape[0]).backward()
        optimizer.step()
    return losses
