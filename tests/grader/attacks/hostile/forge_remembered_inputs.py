"""forge_remembered_inputs

Tries: answers to the examples of the task are written down, everything else is zero.
Verdict: nothing passes; the checks draw their own inputs.
"""

import torch

KNOWN = {((1.0, 2.0), (3.0, 4.0)): [3.0, 7.0], ((1.0, 0.0), (0.0, 1.0)): [1.0, 1.0]}


def matvec(A, v):
    return torch.tensor(KNOWN.get(tuple(map(tuple, A.tolist())), [0.0] * len(A)))
