"""M33: the scores are handed over as they come, classes last.

Named: classes_last
"""

from torch import nn


def sequence_loss(scores, targets):
    criterion = nn.CrossEntropyLoss()
    return criterion(scores, targets)
