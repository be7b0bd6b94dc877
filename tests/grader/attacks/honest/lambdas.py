"""lambdas

Means: functions that are no defs: a lambda, a partial, a method, a callable object.
Verdict: full marks.
"""

import functools
import operator

import torch

make_vector = functools.partial(torch.arange, 1.0, 4.0)
matvec = operator.matmul
loss_fn = lambda w, x, y: (w * x - y) ** 2


class Trainer:
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, *args):
        return self.inner(*args)


train = Trainer(globals()["train"])


class Builder:
    width = 768

    def build(self):
        return torch.nn.Linear(self.width, 4 * self.width)


build_ff = Builder().build
