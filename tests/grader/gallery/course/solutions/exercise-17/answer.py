"""Sequences and images."""

import torch
from torch import nn
from torch.nn import functional as F


def next_token_loss(scores, tokens):
    """Give the mean cross-entropy of predicting each token (n, t) but the first.

    The scores (n, t, words) at a position are for the token that comes after it.
    """
    return F.cross_entropy(scores[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())


def encode(tokens, words, positions):
    """Give (n, t, d): the row of `words` for each token (n, t), plus that of `positions` (t, d)."""
    return words[tokens] + positions


def embed(tokens, words, width):
    """Look up tokens (n, t), from 0 for padding to `words`, in a new embedding; (n, t, width)."""
    return nn.Embedding(words + 1, width)(tokens)


def convolve(image, kernel):
    """Slide a kernel (h, w) over an image (H, W) as conv2d does; (H - h + 1, W - w + 1)."""
    rows = image.unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1)
    return torch.einsum("ijhw,hw->ij", rows, kernel)
