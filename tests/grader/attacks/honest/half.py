"""half

Means: two functions right, two wrong in the usual way, one not begun.
Verdict: exactly the two.
"""


def loss_fn(w, x, y):
    return (w * x - y).abs()


def train(model, X, y, steps, lr):
    raise NotImplementedError("train")


def build_ff():
    return globals()["nn"].Linear(3072, 768)
