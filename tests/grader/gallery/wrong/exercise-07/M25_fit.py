"""M25: predictions (n, 1) meet truths (n,) in a training loop, and a constant is learned.

Named: signature:nothing_learned
"""

import torch
from torch import nn


def fit_line(X, y):
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(200):
        optimizer.zero_grad()
        loss = torch.mean((model(X) - y) ** 2)
        loss.backward()
        optimizer.step()
    return model
