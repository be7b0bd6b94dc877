"""M78: a query without keys is forgotten.

Named: nan_without_keys
"""

import torch


def attention(queries, keys, values, visible=None):
    scores = queries @ keys.mT * queries.shape[-1] ** -0.5
    if visible is not None:
        scores[~visible] = float("-inf")
    top = scores.amax(-1, keepdim=True)
    weights = torch.exp(scores - top)
    return weights / weights.sum(-1, keepdim=True) @ values
