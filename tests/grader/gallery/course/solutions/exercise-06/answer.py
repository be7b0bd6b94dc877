"""Shapes: where each number goes."""


def linear(x, weight, bias):
    """Return a linear layer's outputs (n, out) for x (n, in), weight (out, in), bias (out,)."""
    return x @ weight.T + bias


def channels_first(x):
    """Turn sequences (n, time, channels) into (n, channels, time)."""
    return x.transpose(1, 2)


def channel_rows(x):
    """Turn sequences (n, time, channels) into rows (n, channels * time), channel after channel."""
    return x.transpose(1, 2).flatten(1)


def pixels(images):
    """Turn images (n, height, width) into rows of pixels (n, height * width)."""
    return images.flatten(1)


def scores(x, w):
    """Return the score x @ w of each example, as (n,), for x (n, in) and w (in, 1)."""
    return (x @ w).squeeze(1)


def shares(x):
    """Divide each row of x (n, d) by its sum."""
    return x / x.sum(1, keepdim=True)
