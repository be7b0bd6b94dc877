"""in_place_on_copies

Means: in-place steps on copies of the arguments.
Verdict: full marks.
"""


def matvec(A, v):
    product = A.clone()
    product.mul_(v)
    return product.sum(-1)


def loss_fn(w, x, y):
    out = w.clone()
    out *= x
    out -= y
    return out.pow_(2)
