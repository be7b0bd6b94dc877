"""M13: the reduction is a sum.

Named: summed
"""

import torch.nn.functional as F


def squared_error(w, X, y):
    return F.mse_loss(X @ w, y, reduction="sum")
