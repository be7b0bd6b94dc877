"""Losses of a classifier."""


def scores(x, weight, bias):
    """Give the raw scores (n, classes) of x (n, in), weight (classes, in) and bias (classes,)."""
    raise NotImplementedError


def probabilities(scores):
    """Turn scores (n, classes) into the probabilities of each example's classes."""
    raise NotImplementedError


def loss(scores, labels):
    """Give the mean cross-entropy of scores (n, classes) and labels (n,), int64, from 0."""
    raise NotImplementedError


def loss_of_table(scores, column):
    """Give the same loss for labels as tables have them: (n, 1), float32, from 1 to classes."""
    raise NotImplementedError


def binary_loss(scores, truths):
    """Give the mean binary cross-entropy of scores (n,) and truths (n,), 0.0 or 1.0."""
    raise NotImplementedError
