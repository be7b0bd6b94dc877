"""The right answers, in front of an attack that has to leave them their points."""

import torch
from torch import nn


def make_vector():
    return torch.arange(1.0, 4.0)


def matvec(A, v):
    return (A * v).sum(dim=1)


def loss_fn(w, x, y):
    error = w * x - y
    return error * error


def train(model, X, y, steps, lr):
    losses = []
    for _ in range(steps):
        model.zero_grad()
        loss = nn.functional.mse_loss(model(X), y)
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= lr * parameter.grad
        losses.append(float(loss))
    return losses


def build_ff():
    return nn.Linear(in_features=768, out_features=3072)
