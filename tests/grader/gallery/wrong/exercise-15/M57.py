"""M57: dropout is on while the error is measured.

Named: evaluated_in_training_mode
"""

import torch


@torch.no_grad()
def evaluate(model, X, y):
    predicted = model(X)
    return float(((predicted - y) ** 2).mean())
