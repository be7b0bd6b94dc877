"""M33: the scores are put into the right shape with view.

Named: classes_by_view
"""

import torch.nn.functional as F


def sequence_loss(scores, targets):
    return F.cross_entropy(scores.view(scores.size(0), scores.size(2), scores.size(1)), targets)
