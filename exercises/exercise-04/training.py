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
    raise NotImplementedError("train: exercise 04, part 1")


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
    raise NotImplementedError("fit_line: exercise 04, part 2")
