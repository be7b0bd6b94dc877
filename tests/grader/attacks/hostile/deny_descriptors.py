"""deny_descriptors

Tries: descriptors are opened until no more are given, and kept.
Verdict: matvec passes or is lost; the rest keeps its points.
"""

import os

KEPT = []


def matvec(A, v):
    try:
        while len(KEPT) < 100_000:
            KEPT.append(os.dup(1))
    except OSError:
        pass
    return A @ v
