"""M66: the optimizer knows the old head.

Named: optimizer_too_early
"""

import torch


def fine_tune(model, head, X, y, lr):
    sgd = torch.optim.SGD(model.parameters(), lr)
    model[len(model) - 1] = head
    error = (model(X) - y).square().mean()
    error.backward()
    sgd.step()
