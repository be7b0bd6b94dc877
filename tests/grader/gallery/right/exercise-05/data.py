"""A step through .data is a step, though it goes behind autograd's back."""


def update(w, X, y, lr):
    if w.grad is not None:
        w.grad.zero_()
    (X @ w - y).square().mean().backward()
    w.data -= lr * w.grad
    w.grad.zero_()
