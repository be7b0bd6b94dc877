"""A model that PyTorch sees all of."""

from torch import nn


class Network(nn.Module):
    """Linear layers of one width, each followed by tanh; then a learned scale and a fixed shift.

    Registered are the layers as `layers`, a parameter `scale` and a buffer `shift`; both have
    shape (width,) and begin as ones.
    """

    def __init__(self, width, depth):
        """Make as many layers as `depth` says."""
        raise NotImplementedError

    def forward(self, x):
        """Map x (n, width) to (n, width)."""
        raise NotImplementedError


def half(width):
    """Make a module with one parameter `weight` (width,), ones of dtype bfloat16."""
    raise NotImplementedError


def shifted(x):
    """Put a column of zeros before x (n, t) and drop its last; dtype and device are those of x."""
    raise NotImplementedError
