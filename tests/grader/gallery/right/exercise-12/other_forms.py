"""Formulas of torch, and one that shifts by another number than the maximum of the row."""

import torch
from torch.nn import functional as F


def loss(scores, labels):
    return (scores.logsumexp(1) - scores.gather(1, labels[:, None])[:, 0]).mean()


def normalize(x, eps):
    return F.layer_norm(x, x.shape[-1:], eps=eps)


def predict(counts, weight):
    columns = counts.to(weight.dtype)
    return columns @ weight - columns.mean(0) @ weight


def softmax(x):
    return torch.exp(x - x.logsumexp(-1, keepdim=True))
