"""Training and evaluation, and what must not be left behind."""

import copy

import torch
from torch.nn import functional as F


def evaluate(model, X, y):
    """Give the mean squared error in evaluation mode, a float; the mode is put back."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = F.mse_loss(model(X), y).item()
    model.train(was_training)
    return loss


def hidden(x, weight, is_training):
    """Multiply x (n, in) by weight (in, out); in training, half of the result is dropped."""
    return F.dropout(x @ weight, 0.5, is_training)


def fit(model, optimizer, X, y, epochs):
    """Take one step in each epoch, in training mode; give the errors after each, as `evaluate`."""
    losses = []
    for _ in range(epochs):
        model.train()
        loss = F.mse_loss(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            losses.append(F.mse_loss(model(X), y).item())
    return losses


def epoch(model, optimizer, X, y, size):
    """Take a step for each batch of this size in order, the last may be smaller.

    The model has batch norm: a last batch of a single example is left out.
    """
    for start in range(0, len(X), size):
        some, truths = X[start : start + size], y[start : start + size]
        if len(some) > 1:
            optimizer.zero_grad()
            F.mse_loss(model(some), truths).backward()
            optimizer.step()


def fine_tune(model, head, X, y, lr):
    """Put `head` in the place of the last layer of a Sequential, and take one step of SGD."""
    model[-1] = head
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    F.mse_loss(model(X), y).backward()
    optimizer.step()


def checkpoint(model, optimizer, X, y, later):
    """Give the model's state as it is now, a dict, after so many steps of training from now on."""
    kept = copy.deepcopy(dict(model.state_dict()))
    for _ in range(later):
        optimizer.zero_grad()
        F.mse_loss(model(X), y).backward()
        optimizer.step()
    return kept


def predictions(model, X):
    """Give the model's outputs as they are, with its hooks run."""
    return model(X)


def noisy(x, std):
    """Add normal noise of this standard deviation, another one at each call."""
    return x + std * torch.randn_like(x)


def orders(n, epochs):
    """List an order of n examples for each epoch: a random one each time, (n,), int64."""
    return [torch.randperm(n) for _ in range(epochs)]
