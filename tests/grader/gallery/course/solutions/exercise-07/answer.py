"""Batches, and what is meant to meet in them."""

import torch
from torch import nn
from torch.nn import functional


def squared_error(predictions, y):
    """Return the mean squared error of predictions (n, 1) for truths y (n,)."""
    return ((predictions.squeeze(1) - y) ** 2).mean()


def fit_line(X, y):
    """Train an nn.Linear from X (n, 1) to y (n,) by gradient descent, and return it."""
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(100):
        loss = ((model(X).squeeze(1) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def sequence_loss(scores, targets):
    """Return the mean cross entropy of scores (n, time, classes) for targets (n, time)."""
    return functional.cross_entropy(scores.transpose(1, 2), targets)


def likelihood_loss(scores, y):
    """Return the mean of minus the log-probability of class y (n,) under scores (n, classes)."""
    return -scores.log_softmax(1)[torch.arange(len(y)), y].mean()


def predict(scores):
    """Return the class with the highest score, for each row of scores (n, classes)."""
    return scores.argmax(1)


def recurrent(inputs, hidden):
    """Return a recurrent module, such as nn.GRU, for sequences (n, time, inputs)."""
    return nn.GRU(inputs, hidden, batch_first=True)
