"""Exercise 05, nn.Linear: the matrix multiply that a network learns."""

import torch
from torch import nn


def feed_forward() -> nn.Linear:
    """Build the first linear map of a GPT-2 small feed-forward part.

    Returns:
        A layer from 768 to 3072 features, float32, with a bias.
    """
    return nn.Linear(768, 3072)


def linear(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """Do by hand what nn.Linear does: x times the transposed weight, plus the bias.

    Axes: in features come in, out features go out; ... are any number of axes, also none.

    Args:
        x: (..., in), floating.
        weight: (out, in), dtype of x.
        bias: (out,), dtype of x.

    Returns:
        (..., out), dtype of x; differentiable in x, weight and bias.
    """
    return x @ weight.T + bias


def parameter_count(module: nn.Module) -> int:
    """Count the numbers that training can change.

    Args:
        module: any module. It is left as it is.

    Returns:
        How many elements its trainable parameters have, each parameter counted once.
    """
    return sum(p.numel() for p in module.parameters() if p.requires_grad)
