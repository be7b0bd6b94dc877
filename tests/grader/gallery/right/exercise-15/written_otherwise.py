"""A generator of one's own, a model in a clone, weights copied one by one."""

import torch
from torch.nn import functional as F


def evaluate(model, X, y):
    modes = {part: part.training for part in model.modules()}
    try:
        with torch.inference_mode():
            return F.mse_loss(model.eval()(X), y).item()
    finally:
        for part, mode in modes.items():
            part.training = mode


def fine_tune(model, head, X, y, lr):
    model[-1] = head
    loss = F.mse_loss(model(X), y)
    parameters = list(model.parameters())
    gradients = torch.autograd.grad(loss, parameters)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients):
            parameter -= lr * gradient


def checkpoint(model, optimizer, X, y, later):
    kept = {name: p.detach().clone() for name, p in model.named_parameters()}
    for _ in range(later):
        optimizer.zero_grad()
        F.mse_loss(model(X), y).backward()
        optimizer.step()
    return kept


def noisy(x, std):
    return torch.normal(x, std)


def orders(n, epochs):
    loader = torch.utils.data.DataLoader(range(n), batch_size=n, shuffle=True)
    return [next(iter(loader)) for _ in range(epochs)]
