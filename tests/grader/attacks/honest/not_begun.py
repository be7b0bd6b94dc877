"""not_begun

Means: the file as it was handed out.
Verdict: nothing passes, and each check says that nothing is written yet.
"""


def make_vector():
    raise NotImplementedError("make_vector")


def matvec(A, v):
    raise NotImplementedError("matvec")


def loss_fn(w, x, y):
    raise NotImplementedError("loss_fn")


def train(model, X, y, steps, lr):
    raise NotImplementedError("train")


def build_ff():
    raise NotImplementedError("build_ff")
