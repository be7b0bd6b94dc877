"""Losses of a classifier."""

from torch.nn import functional as F


def scores(x, weight, bias):
    """Give the raw scores (n, classes) of x (n, in), weight (classes, in) and bias (classes,)."""
    return x @ weight.T + bias


def probabilities(scores):
    """Turn scores (n, classes) into the probabilities of each example's classes."""
    return F.softmax(scores, dim=1)


def loss(scores, labels):
    """Give the mean cross-entropy of scores (n, classes) and labels (n,), int64, from 0."""
    return F.cross_entropy(scores, labels)


def loss_of_table(scores, column):
    """Give the same loss for labels as tables have them: (n, 1), float32, from 1 to classes."""
    return F.cross_entropy(scores, column.squeeze(1).long() - 1)


def binary_loss(scores, truths):
    """Give the mean binary cross-entropy of scores (n,) and truths (n,), 0.0 or 1.0."""
    return F.binary_cross_entropy_with_logits(scores, truths)
