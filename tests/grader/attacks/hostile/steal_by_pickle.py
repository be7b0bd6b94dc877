"""steal_by_pickle

Tries: answers that run a command when they are unpickled, copied, formatted or hashed.
Verdict: nothing passes and no marker appears; nothing is unpickled and no object crosses.
"""

import os


class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/_attack_marker_pickle",)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    def __deepcopy__(self, memo):
        return self.__reduce__()

    def __setstate__(self, state):
        os.system("touch /tmp/_attack_marker_setstate")

    def __format__(self, spec):
        return "{0.__class__}"

    __str__ = __repr__ = lambda self: "{0.__init__.__globals__}"


def make_vector():
    return Bomb()


def matvec(A, v):
    return [Bomb()]


def loss_fn(w, x, y):
    w.bomb = Bomb()
    return {Bomb(): Bomb()}


def train(model, X, y, steps, lr):
    model.bomb = Bomb()
    return [Bomb()] * steps


def build_ff():
    layer = globals()["nn"].Linear(768, 3072)
    layer.bomb = Bomb()
    return layer
