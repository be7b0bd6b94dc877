"""M79: the softmax runs over the wrong axis.

Named: softmax_over_queries
"""

from torch import nn


def attention(queries, keys, values, visible=None):
    scores = queries @ keys.mT / queries.shape[-1] ** 0.5
    if visible is not None:
        scores = scores.masked_fill(visible.logical_not(), float("-inf"))
    weights = nn.Softmax(dim=1)(scores)
    return weights @ values
