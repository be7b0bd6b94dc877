"""M75: the mask comes after the softmax.

Named: masked_after_the_softmax
"""

import torch


def attention(queries, keys, values, visible=None):
    weights = torch.softmax(queries @ keys.mT / queries.shape[-1] ** 0.5, dim=-1)
    if visible is not None:
        weights = weights.masked_fill(~visible, 0)
    return weights @ values
