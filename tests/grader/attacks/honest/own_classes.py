"""own_classes

Means: the answers come from classes with properties, caches, context managers and generators.
Verdict: full marks.
"""

import contextlib
import functools

import torch


class Solver:
    @functools.cached_property
    def vector(self):
        return torch.tensor(list(self.numbers()))

    def numbers(self):
        yield from (1.0, 2.0, 3.0)

    @contextlib.contextmanager
    def scaled(self, A):
        yield A * 1.0

    def __call__(self, A, v):
        with self.scaled(A) as B:
            return torch.stack([row.dot(v) for row in B])


solver = Solver()
matvec = solver


@functools.lru_cache
def make_vector():
    return solver.vector
