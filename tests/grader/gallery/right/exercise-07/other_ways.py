"""Rows (n * time, classes), log_softmax before cross_entropy, an optimizer made before .to()."""

import torch
from torch import nn
import torch.nn.functional as F


def squared_error(predictions, y):
    return F.mse_loss(predictions, y.unsqueeze(1))


def fit_line(X, y):
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    model = model.to("cpu").to(torch.float32)
    for _ in range(80):
        optimizer.zero_grad()
        F.mse_loss(model(X), y[:, None]).backward()
        optimizer.step()
    return model


def sequence_loss(scores, targets):
    classes = scores.shape[-1]
    return F.cross_entropy(scores.reshape(-1, classes), targets.reshape(-1))


def likelihood_loss(scores, y):
    return F.cross_entropy(F.log_softmax(scores, dim=1), y)


def predict(scores):
    return scores.softmax(-1).max(dim=-1).indices


def recurrent(inputs, hidden):
    return nn.LSTM(inputs, hidden, num_layers=2, batch_first=True)
