"""deny_memory_steps

Tries: memory is touched in steps of 64 MiB, up to 3 GiB.
Verdict: matvec is out of memory; the rest keeps its points.
"""

import torch


def matvec(A, v):
    held = [torch.ones(16 << 20) for _ in range(48)]
    return held[0][: len(A)]
