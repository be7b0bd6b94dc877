"""changes_an_argument

Means: the right value, computed in place in the student's own argument.
Verdict: loss_fn fails, with a sentence about the argument; the rest keeps its points.
"""


def loss_fn(w, x, y):
    if w.requires_grad:
        return (w * x - y) ** 2
    w *= x
    w -= y
    return w.square()
