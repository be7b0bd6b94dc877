"""reference_style

Means: the plainest right answers, as a lesson writes them.
Verdict: full marks.
"""

import torch
import torch.nn.functional as F
from torch import nn


def make_vector():
    return torch.tensor([1.0, 2.0, 3.0])


def matvec(A, v):
    return torch.mv(A, v)


def loss_fn(w, x, y):
    return F.mse_loss(w * x, y, reduction="none")


def train(model, X, y, steps, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    criterion = nn.MSELoss()
    losses = []
    model.train()
    for step in range(steps):
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % 2 == 0:
            print(f"step {step}: {loss.item():.4f}")
    return losses


def build_ff():
    return nn.Linear(768, 3072)
