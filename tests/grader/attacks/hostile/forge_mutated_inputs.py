"""forge_mutated_inputs

Tries: arguments are zeroed in place, so that an answer computed from them later is zero as well.
Verdict: nothing passes; the reference has its own copy.
"""

import torch


def matvec(A, v):
    A.zero_()
    v.zero_()
    return torch.zeros(len(A))


def loss_fn(w, x, y):
    with torch.no_grad():
        for tensor in (w, x, y):
            tensor.zero_()
    return w * x - y


def train(model, X, y, steps, lr):
    X.zero_()
    y.zero_()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    return [0.0] * steps
