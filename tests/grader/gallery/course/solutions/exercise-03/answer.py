"""Losses by hand: numbers that remember how they were computed."""

import torch


def squared_error(w, X, y):
    """Return the mean squared error of the predictions X @ w, as a tensor of one number."""
    return ((X @ w - y) ** 2).mean()


def norms(tensors):
    """Return the Euclidean norms of a list of tensors, as one tensor of as many numbers."""
    return torch.stack([tensor.norm() for tensor in tensors])


def soft_errors(scores, y):
    """Return the mean of sigmoid(-y * score), a smooth share of errors, for y of -1 and 1."""
    return torch.sigmoid(-y * scores).mean()
