"""Sequences and images."""


def next_token_loss(scores, tokens):
    """Give the mean cross-entropy of predicting each token (n, t) but the first.

    The scores (n, t, words) at a position are for the token that comes after it.
    """
    raise NotImplementedError


def encode(tokens, words, positions):
    """Give (n, t, d): the row of `words` for each token (n, t), plus that of `positions` (t, d)."""
    raise NotImplementedError


def embed(tokens, words, width):
    """Look up tokens (n, t), from 0 for padding to `words`, in a new embedding; (n, t, width)."""
    raise NotImplementedError


def convolve(image, kernel):
    """Slide a kernel (h, w) over an image (H, W) as conv2d does; (H - h + 1, W - w + 1)."""
    raise NotImplementedError
