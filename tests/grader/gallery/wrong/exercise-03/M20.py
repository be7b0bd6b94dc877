"""M20: the errors are counted with a comparison.

Named: hard_errors
"""

import torch


def soft_errors(scores, y):
    predicted = torch.where(scores > 0, 1.0, -1.0)
    return (predicted != y).float().mean()
