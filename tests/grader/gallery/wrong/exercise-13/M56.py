"""M56: nothing is left out.

Named: padding_counted
"""

import torch


def token_loss(scores, targets, padding):
    return torch.nn.CrossEntropyLoss()(scores.transpose(1, 2), targets)
