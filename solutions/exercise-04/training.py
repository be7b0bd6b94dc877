"""Exercise 04, training: five lines that turn a wrong model into a better one, many times."""

import torch
from torch import nn


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    X: torch.Tensor,
    y: torch.Tensor,
    steps: int,
) -> list[float]:
    """Train a model in place: forward, loss, zero_grad, backward, step.

    The loss is the mean of the squared differences between model(X) and y, over all their elements.
    Axes: n examples.

    Args:
        model: from (n, in) to (n, out).
        optimizer: what changes the model's parameters.
        X: the inputs, (n, in), floating. They are left as they are.
        y: the truth, (n, out), dtype of X. It is left as it is.
        steps: how many times all of X is shown to the model.

    Returns:
        The loss of each step, before its update: `steps` Python floats.
    """
    losses = []
    for _ in range(steps):
        prediction = model(X)
        loss = ((prediction - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit_line(X: torch.Tensor, y: torch.Tensor) -> nn.Linear:
    """Build a model with one weight and one bias, train it, and return it.

    Axes: n examples.

    Args:
        X: the inputs, (n, 1), float32, between −4 and 4.
        y: points of a line, (n, 1), float32; its slope and its intercept are between −3 and 3.

    Returns:
        A model from (n, 1) to (n, 1) on the device of X that has learned the line: its mean squared
        error is at most 5 % of the variance of y.
    """
    model = nn.Linear(1, 1, device=X.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    train(model, optimizer, X, y, steps=100)
    return model
