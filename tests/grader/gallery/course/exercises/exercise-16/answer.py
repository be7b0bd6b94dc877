"""Attention."""


def attention(queries, keys, values, visible=None):
    """Attend from queries (n, t, d) to keys (n, s, d) with values (n, s, v); gives (n, t, v).

    Scores are divided by the square root of d. Where `visible` (n, t, s), bool, is False, a key is
    hidden from a query; a query that sees no key gives zeros.
    """
    raise NotImplementedError
