"""M59: the last batch of one is trained on.

Named: torch:batch_norm_of_one
"""

from torch.nn import functional as F


def epoch(model, optimizer, X, y, size):
    for xs, ys in zip(X.split(size), y.split(size)):
        optimizer.zero_grad()
        F.mse_loss(model(xs), ys).backward()
        optimizer.step()
