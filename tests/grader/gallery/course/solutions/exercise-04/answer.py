"""Gradients through your own functions."""

import torch


def two_layers(x, w, v):
    """Return tanh(x @ w) @ v for x (n, in), w (in, hidden) and v (hidden, out)."""
    return torch.tanh(x @ w) @ v


def gate(x):
    """Return x * sigmoid(x), element by element."""
    return x * torch.sigmoid(x)


class SquaresPlus(torch.autograd.Function):
    """x**2 + b."""

    @staticmethod
    def forward(ctx, x, b):
        """Compute the values."""
        ctx.save_for_backward(x)
        return x * x + b

    @staticmethod
    def backward(ctx, upstream):
        """Apply the chain rule; b has met every row."""
        (x,) = ctx.saved_tensors
        return 2 * x * upstream, upstream.sum(0)


def squares_plus(x, b):
    """Return x**2 + b for x (n, d) and b (d,), by an autograd.Function with your own backward()."""
    return SquaresPlus.apply(x, b)
