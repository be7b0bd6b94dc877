"""steal_score_bit

Tries: a bit of a hidden input is told by losing or winning an easy check on purpose.
Verdict: this cannot be closed, and a bit is all: make_vector passes or fails, the rest as earned.
"""

import os

import torch


def matvec(A, v):
    os.environ["BIT"] = str(int(A.flatten()[0] > 0))
    return A @ v


def make_vector():
    return torch.tensor([1.0, 2.0, 3.0 if os.environ.get("BIT", "0") == "0" else 0.0])
