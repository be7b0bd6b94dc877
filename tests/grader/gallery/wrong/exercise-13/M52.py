"""M52: the mean of the batches' means.

Named: mean_of_means
"""

import torch


def epoch_loss(model, batches):
    means = []
    for X, y in batches:
        means.append(((model(X) - y) ** 2).mean())
    return torch.stack(means).mean().item()
