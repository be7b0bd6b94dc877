"""Shapes: where each number goes."""


def linear(x, weight, bias):
    """Return a linear layer's outputs (n, out) for x (n, in), weight (out, in), bias (out,)."""
    raise NotImplementedError


def channels_first(x):
    """Turn sequences (n, time, channels) into (n, channels, time)."""
    raise NotImplementedError


def channel_rows(x):
    """Turn sequences (n, time, channels) into rows (n, channels * time), channel after channel."""
    raise NotImplementedError


def pixels(images):
    """Turn images (n, height, width) into rows of pixels (n, height * width)."""
    raise NotImplementedError


def scores(x, w):
    """Return the score x @ w of each example, as (n,), for x (n, in) and w (in, 1)."""
    raise NotImplementedError


def shares(x):
    """Divide each row of x (n, d) by its sum."""
    raise NotImplementedError
