"""forge_equal_to_everything

Tries: an object that is equal to everything, has every attribute and every length.
Verdict: nothing passes; such an object cannot cross.
"""


class Everything:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __getattr__(self, name):
        return self

    def __bool__(self):
        return True

    def __float__(self):
        return 0.0

    def __len__(self):
        return 3

    def __lt__(self, other):
        return True

    __le__ = __gt__ = __ge__ = __lt__


def make_vector():
    return Everything()


def matvec(A, v):
    return Everything()


def loss_fn(w, x, y):
    return Everything()


def train(model, X, y, steps, lr):
    return [Everything()] * steps


def build_ff():
    return Everything()
