"""forge_late_fill

Tries: a zero tensor is returned and a thread writes the answer into it afterwards.
Verdict: nothing passes; an answer is frozen when it is given.
"""

import threading
import time

import torch


def later(out, compute):
    time.sleep(0.05)
    out.copy_(compute())


def make_vector():
    out = torch.zeros(3)
    threading.Thread(
        target=later, args=(out, lambda: torch.tensor([1.0, 2, 3])), daemon=True
    ).start()
    return out


def matvec(A, v):
    out = torch.zeros(len(A))
    threading.Thread(target=later, args=(out, lambda: A @ v), daemon=True).start()
    return out
