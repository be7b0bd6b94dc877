"""M36: argmax runs over the rows.

Named: best_row_of_each_class
"""

import torch


def predict(scores):
    values, indices = torch.max(scores, dim=0)
    return indices
