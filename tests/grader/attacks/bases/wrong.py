"""Five wrong answers, in front of an attack that wants points for them all the same."""

import torch
from torch import nn


def make_vector():
    return torch.zeros(3)


def matvec(A, v):
    return torch.zeros(len(A))


def loss_fn(w, x, y):
    return w * 0.0


def train(model, X, y, steps, lr):
    return [0.5] * steps


def build_ff():
    return nn.Linear(2, 2)
