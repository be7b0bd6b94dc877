"""forge_overwritten_tensors

Tries: every tensor in the process becomes zero, the expected ones too if they were here.
Verdict: nothing passes.
"""

import gc

import torch


def matvec(A, v):
    gc.unfreeze()
    for thing in gc.get_objects():
        if type(thing) is torch.Tensor:
            thing.data.zero_()
    return torch.zeros(len(A))
