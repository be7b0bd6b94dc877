"""disturb_memory

Tries: all memory that is allowed is held and touched again and again.
Verdict: matvec is lost; a neighbour at the same time keeps its points.
"""

import torch


def matvec(A, v):
    held = []
    while len(held) < 48:
        held.append(torch.ones(16 << 20))
    return A @ v
