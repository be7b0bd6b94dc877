"""M03: the loss leaves its tensor before it is returned.

Named: as_a_number
"""

import torch.nn.functional as F


def squared_error(w, X, y):
    return float(F.mse_loss(X.matmul(w), y))
