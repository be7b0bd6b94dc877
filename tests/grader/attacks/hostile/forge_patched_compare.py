"""forge_patched_compare

Tries: torch's comparisons are replaced by ones that say yes.
Verdict: nothing passes; nothing is compared in the process that was patched.
"""

import torch


def yes(*_, **__):
    return True


def all_close(*_, **__):
    return torch.ones((), dtype=torch.bool)


torch.allclose = torch.equal = torch.Tensor.allclose = torch.Tensor.equal = yes
torch.isclose = torch.Tensor.isclose = torch.Tensor.__eq__ = torch.Tensor.__le__ = all_close
torch.Tensor.any = torch.Tensor.is_nonzero = lambda *_: False
torch.testing.assert_close = yes
