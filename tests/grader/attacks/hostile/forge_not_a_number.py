"""forge_not_a_number

Tries: NaN and infinity, which some comparisons let through.
Verdict: nothing passes.
"""

import math

import torch


def make_vector():
    return torch.full((3,), math.nan)


def matvec(A, v):
    return torch.full((len(A),), math.inf)


def loss_fn(w, x, y):
    return w * math.nan


def train(model, X, y, steps, lr):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(math.nan)
    return [math.nan] * steps
