"""deny_memory_at_once

Tries: a tensor of a million million numbers.
Verdict: matvec is out of memory.
"""

import torch


def matvec(A, v):
    return torch.zeros(10**12)
