"""An optimizer that is made before .to(): the parameters stay the same objects."""

import torch
from torch.nn import functional as F


def fine_tune(model, head, X, y, lr):
    model[-1] = head
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model.to(X.device)
    F.mse_loss(model(X), y).backward()
    optimizer.step()
