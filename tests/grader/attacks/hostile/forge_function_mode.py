"""forge_function_mode

Tries: a torch function mode, entered and never left, answers every comparison.
Verdict: nothing passes.
"""

import torch
from torch.overrides import TorchFunctionMode


class Yes(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func in (torch.allclose, torch.equal, torch.Tensor.eq, torch.isclose):
            return True
        return func(*args, **(kwargs or {}))


Yes().__enter__()
