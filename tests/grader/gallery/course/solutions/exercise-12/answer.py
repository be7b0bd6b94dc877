"""Formulas that have to survive small and large numbers."""

import torch
from torch.nn import functional as F


def softmax(x):
    """Give the softmax over the last axis, for numbers of any size, without torch's own."""
    e = (x - x.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


def loss(scores, labels):
    """Give the mean cross-entropy of scores (n, classes) of any size and labels (n,), int64."""
    log_likelihood = F.log_softmax(scores, dim=1)
    return -log_likelihood[torch.arange(len(labels)), labels].mean()


def normalize(x, eps):
    """Give each row mean 0 and variance 1; eps is added to the variance, over all elements."""
    off = x - x.mean(-1, keepdim=True)
    return off / (off.square().mean(-1, keepdim=True) + eps).sqrt()


def predict(counts, weight):
    """Multiply whole numbers (n, in), each less its column's mean, by a weight; float32."""
    wide = counts.float()
    return (wide - wide.mean(0)) @ weight


def gelu(x):
    """Give GELU, in one form or the other: exact, or with tanh."""
    return F.gelu(x)
