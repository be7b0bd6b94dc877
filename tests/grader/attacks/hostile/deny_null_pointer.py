"""deny_null_pointer

Tries: memory that is not there is read, the process aborts, the C stack overflows.
Verdict: each check that does so crashed; the others keep their points.
"""

import ctypes
import os
import sys


def make_vector():
    ctypes.string_at(0)


def matvec(A, v):
    os.abort()


def loss_fn(w, x, y):
    sys.setrecursionlimit(10**9)
    deeper = type("Deeper", (), {"__getattr__": lambda self, name: getattr(self, name + "x")})
    return deeper().x
