"""Five functions: a vector, a product, a loss, a training, a layer."""

import torch
from torch import nn


def make_vector():
    return torch.tensor([1.0, 2.0, 3.0])


def matvec(A, v):
    return A @ v


def loss_fn(w, X, y):
    return ((X @ w - y) ** 2).mean()


def train(X, y):
    w = nn.Parameter(torch.zeros(X.shape[1]))
    optimizer = torch.optim.SGD([w], lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        loss_fn(w, X, y).backward()
        optimizer.step()
    return w.detach()


def build_ff():
    return nn.Linear(768, 3072)
