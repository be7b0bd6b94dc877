"""only_pass

Means: bodies that return nothing.
Verdict: nothing passes; None is named, with how it comes about.
"""


def make_vector():
    pass


def matvec(A, v):
    A @ v


def loss_fn(w, x, y):
    print((w * x - y) ** 2)


def train(model, X, y, steps, lr):
    for _ in range(steps):
        ...


def build_ff():
    globals()["nn"].Linear(768, 3072)
