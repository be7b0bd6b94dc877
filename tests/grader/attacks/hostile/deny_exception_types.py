"""deny_exception_types

Tries: exception classes with endless names, odd bases and frames without end.
Verdict: each check raised, and the report stays short.
"""


def make_vector():
    raise type("A" * 5_000_000, (Exception,), {})("long name")


def matvec(A, v):
    raise UnicodeDecodeError("utf-8", b"x" * 100_000, 0, 1, "reason " * 100_000)


def loss_fn(w, x, y):
    return loss_fn(w, x, y)


def train(*_):
    raise type("Odd", (OSError, KeyError), {"__module__": 3, "__qualname__": "x\ny"})(1, 2)


def build_ff():
    raise SyntaxError("made up", ("exercise.py", 10**9, 10**9, "x" * 1_000_000))
