"""forge_truths

Tries: truth values and flags where losses are asked for, and letters that look like numbers.
Verdict: nothing passes.
"""

import enum


class Loss(enum.IntEnum):
    LOW = 0
    HIGH = 1


def train(model, X, y, steps, lr):
    return [True, Loss.HIGH, "0.5", 0j][:steps]


def make_vector():
    return range(1, 4)


def matvec(A, v):
    return iter((A @ v).tolist())


def loss_fn(w, x, y):
    return memoryview(bytes(4 * len(w)))
