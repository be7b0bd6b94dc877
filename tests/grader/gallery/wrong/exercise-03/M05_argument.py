"""M05: an argument is wrapped once more, to be sure that it is a tensor.

Named: signature:no_gradient
"""

import torch


def squared_error(w, X, y):
    w = torch.tensor(w, dtype=torch.float32)
    return torch.mean((torch.mv(X, w) - y).pow(2))
