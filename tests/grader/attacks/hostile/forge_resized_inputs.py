"""forge_resized_inputs

Tries: arguments are emptied, so that every comparison with them is a comparison of nothing.
Verdict: nothing passes.
"""

import torch


def matvec(A, v):
    A.data, v.data = torch.empty(0, 0), torch.empty(0)
    return v


def loss_fn(w, x, y):
    w.data = x.data = y.data = torch.empty(0)
    return w


def train(model, X, y, steps, lr):
    X.data, y.data = torch.empty(0, 3), torch.empty(0, 1)
    for parameter in model.parameters():
        parameter.data = torch.empty(0)
    return []
