"""Copies and views: which numbers lie where, and who else sees them."""


def split_heads(x, heads):
    """Split x (n, time, heads * d) into heads: (n, heads, time, d)."""
    raise NotImplementedError


def constant(value):
    """Return a float32 tensor of one number, without axes."""
    raise NotImplementedError


def centred(x):
    """Return x (n, d) less the mean of each column. x stays as it is."""
    raise NotImplementedError


def rows_of(row, n):
    """Return (n, d): n times the row (d,), the first of them zero."""
    raise NotImplementedError


def less_first(a):
    """Return a (n, d) less its first column, column by column."""
    raise NotImplementedError
