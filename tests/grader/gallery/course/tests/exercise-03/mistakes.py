"""Wrong losses."""

import torch

from grader.mistakes import mistake


@mistake(of="squared_error", loses="squared_error")
def as_a_number(w, X, y):
    """The loss comes back as a Python number, which knows nothing of the weights."""
    return ((X @ w - y) ** 2).mean().item()


@mistake(of="squared_error", loses="squared_error")
def summed(w, X, y):
    """The squared errors are added up, and their mean is asked for."""
    return ((X @ w - y) ** 2).sum()


@mistake(of="squared_error", loses="squared_error")
def not_reduced(w, X, y):
    """There is a squared error for each example still, and one number is asked for."""
    return (X @ w - y) ** 2


@mistake(of="squared_error", loses="squared_error")
def rounded(w, X, y):
    """The predictions are rounded, and rounding has no slope."""
    return (torch.round(X @ w) - y).square().mean()


@mistake(of="soft_errors", loses=("soft_errors", "soft_errors_are_connected"))
def hard_errors(scores, y):
    """The wrong answers are counted: a comparison has no slope, and a sigmoid is asked for."""
    return (scores * y < 0).float().mean()
