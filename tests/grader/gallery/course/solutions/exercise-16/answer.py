"""Attention."""

import math

import torch


def attention(queries, keys, values, visible=None):
    """Attend from queries (n, t, d) to keys (n, s, d) with values (n, s, v); gives (n, t, v).

    Scores are divided by the square root of d. Where `visible` (n, t, s), bool, is False, a key is
    hidden from a query; a query that sees no key gives zeros.
    """
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if visible is None:
        return scores.softmax(-1) @ values
    weights = scores.masked_fill(~visible, -torch.inf).softmax(-1)
    return torch.where(visible, weights, 0.0) @ values
