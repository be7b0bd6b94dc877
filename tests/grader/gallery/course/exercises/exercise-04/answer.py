"""Gradients through your own functions."""


def two_layers(x, w, v):
    """Return tanh(x @ w) @ v for x (n, in), w (in, hidden) and v (hidden, out)."""
    raise NotImplementedError


def gate(x):
    """Return x * sigmoid(x), element by element."""
    raise NotImplementedError


def squares_plus(x, b):
    """Return x**2 + b for x (n, d) and b (d,), by an autograd.Function with your own backward()."""
    raise NotImplementedError
