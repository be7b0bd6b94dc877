"""M74: the scores are not scaled.

Named: not_scaled
"""

import torch


def attention(queries, keys, values, visible=None):
    scores = torch.einsum("ntd,nsd->nts", queries, keys)
    if visible is not None:
        scores = torch.where(visible, scores, float("-inf"))
    return torch.bmm(torch.softmax(scores, dim=2), values)
