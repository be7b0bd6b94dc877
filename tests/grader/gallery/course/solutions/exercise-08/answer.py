"""Copies and views: which numbers lie where, and who else sees them."""

import torch


def split_heads(x, heads):
    """Split x (n, time, heads * d) into heads: (n, heads, time, d)."""
    n, time, width = x.shape
    return x.reshape(n, time, heads, width // heads).transpose(1, 2)


def constant(value):
    """Return a float32 tensor of one number, without axes."""
    return torch.tensor(float(value), dtype=torch.float32)


def centred(x):
    """Return x (n, d) less the mean of each column. x stays as it is."""
    return x - x.mean(0)


def rows_of(row, n):
    """Return (n, d): n times the row (d,), the first of them zero."""
    rows = row.repeat(n, 1)
    rows[0] = 0
    return rows


def less_first(a):
    """Return a (n, d) less its first column, column by column."""
    return a - a[:, :1]
