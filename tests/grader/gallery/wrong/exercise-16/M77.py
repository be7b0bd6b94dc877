"""M77: True is taken for hidden.

Named: mask_turned_round
"""

import torch


def attention(queries, keys, values, visible=None):
    scores = queries @ keys.mT / queries.shape[-1] ** 0.5
    if visible is not None:
        bias = torch.zeros(visible.shape).masked_fill(visible, float("-inf"))
        scores = scores + bias
    return torch.softmax(scores, dim=-1) @ values
