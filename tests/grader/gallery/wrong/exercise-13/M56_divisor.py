"""M56: the mask takes padding out of the sum and leaves it in the mean.

Named: divided_by_all
"""

import torch


def token_loss(scores, targets, padding):
    each = torch.nn.functional.cross_entropy(scores.mT, targets, reduction="none")
    return (each * (targets != padding)).mean()
