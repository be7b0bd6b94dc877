"""functional_gradients

Means: gradients are asked for without a backward pass that stores them, and written into the data.
Verdict: full marks.
"""

import torch
from torch import nn


def train(model, X, y, steps, lr):
    losses = []
    for _ in range(steps):
        parameters = list(model.parameters())
        loss = nn.functional.mse_loss(model(X), y)
        gradients = torch.autograd.grad(loss, parameters)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.data.sub_(lr * gradient)
        losses.append(loss.item())
    return losses
