"""deny_exceptions

Tries: exceptions that hang, lie or grow when they are formatted.
Verdict: each check raised or timed out, and the report stays short.
"""

import time


class Slow(Exception):
    def __str__(self):
        time.sleep(3600)

    __repr__ = __str__


class Long(Exception):
    def __str__(self):
        return "A" * (8 << 20)


class Wrong(Exception):
    def __str__(self):
        raise Wrong

    def __getattribute__(self, name):
        raise Wrong


def make_vector():
    raise Slow


def matvec(A, v):
    raise Long


def loss_fn(w, x, y):
    raise Wrong


def train(*_):
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    raise first


def build_ff():
    raise ExceptionGroup("group", [ValueError(number) for number in range(10_000)])
