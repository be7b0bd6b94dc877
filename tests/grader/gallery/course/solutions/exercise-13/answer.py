"""Steps and averages."""

import torch
from torch.nn import functional as F


def adamw(w, gradients, lr, decay):
    """Move a copy of w (k,) by AdamW with betas 0.9 and 0.999 and eps 1e-8, once for each gradient.

    The decay is decoupled and comes first: w becomes w - lr * decay * w before Adam's step.
    """
    mean, square = torch.zeros_like(w), torch.zeros_like(w)
    for step, gradient in enumerate(gradients, 1):
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        unbiased = mean / (1 - 0.9**step), square / (1 - 0.999**step)
        w = w - lr * decay * w - lr * unbiased[0] / (unbiased[1].sqrt() + 1e-8)
    return w


def epoch_loss(model, batches):
    """Give the mean squared error over all examples, a float, of batches (X, y) of any sizes."""
    total, count = 0.0, 0
    for X, y in batches:
        total += F.mse_loss(model(X), y).item() * len(X)
        count += len(X)
    return total / count


def network(x, hidden_weight, hidden_bias, weight, bias):
    """Predict from x (n, in) through one hidden layer with ReLU; weights are (out, in)."""
    return F.linear(F.relu(F.linear(x, hidden_weight, hidden_bias)), weight, bias)


def dropout(x, p, training):
    """Set each element to zero with probability p in training, so that the mean stays."""
    if not training:
        return x
    return x * (torch.rand_like(x) >= p) / (1 - p)


def running(mean, var, x):
    """Give a batch norm's running mean and variance, each (k,), after a batch x (n, k).

    Each moves a tenth of the way to the batch's; the variance is divided by n - 1.
    """
    return 0.9 * mean + 0.1 * x.mean(0), 0.9 * var + 0.1 * x.var(0)


def token_loss(scores, targets, padding):
    """Give the mean cross-entropy of scores (n, t, words) over the targets (n, t), no padding."""
    return F.cross_entropy(scores.flatten(0, 1), targets.flatten(), ignore_index=padding)
