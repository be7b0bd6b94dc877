"""M16: the predictions are made inside no_grad().

Named: signature:no_gradient
"""

import torch


def squared_error(w, X, y):
    with torch.no_grad():
        predictions = X @ w
    return ((predictions - y) ** 2).mean()
