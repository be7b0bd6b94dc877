"""M25: predictions (n, 1) meet truths (n,).

Named: all_pairs
"""

import torch


def squared_error(predictions, y):
    errors = predictions - y
    return torch.mean(errors.pow(2))
