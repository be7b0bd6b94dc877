"""M20: the errors are rounded to yes and no.

Named: hard_errors signature:zero
"""

import torch


def soft_errors(scores, y):
    wrong = torch.sigmoid(-scores * y)
    return torch.round(wrong).mean()
