"""M19: the errors are squared and not brought together.

Named: not_reduced
"""

import torch


def squared_error(w, X, y):
    residual = y - torch.mv(X, w)
    return residual * residual
