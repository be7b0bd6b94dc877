"""M06: the update is made while autograd records.

Named: torch:leaf_in_place
"""


def update(w, X, y, lr):
    if w.grad is not None:
        w.grad.zero_()
    loss = ((X @ w - y) ** 2).mean()
    loss.backward()
    w -= lr * w.grad
