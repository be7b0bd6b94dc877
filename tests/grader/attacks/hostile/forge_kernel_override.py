"""forge_kernel_override

Tries: torch's own comparison kernels are registered anew, below the Python functions.
Verdict: nothing passes.
"""

import contextlib
import warnings

import torch

warnings.simplefilter("ignore")
library = torch.library.Library("aten", "IMPL")
for word in ("equal", "isclose", "allclose", "eq.Tensor", "le.Tensor"):
    with contextlib.suppress(RuntimeError, ValueError):
        library.impl(word, lambda *_, **__: True, "CPU")
