"""A step through copy_, freezing parameter by parameter, weights that are put in."""

import torch
from torch import nn


def update(w, X, y, lr):
    loss = nn.functional.mse_loss(X @ w, y)
    (gradient,) = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w.copy_(w - lr * gradient)


def freeze_all_but_last(model):
    for layer in model[:-1]:
        for parameter in layer.parameters():
            parameter.requires_grad = False


def network(inputs, hidden, outputs, generator):
    first = nn.Linear(inputs, hidden, bias=False)
    second = nn.Linear(hidden, outputs)
    first.weight = nn.Parameter(torch.randn(hidden, inputs, generator=generator) * inputs**-0.5)
    first.bias = nn.Parameter(torch.zeros(hidden))
    second.weight.data = torch.randn(outputs, hidden, generator=generator) / hidden**0.5
    nn.init.zeros_(second.bias)
    return nn.Sequential(first, nn.Tanh(), second)
