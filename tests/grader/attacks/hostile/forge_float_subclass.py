"""forge_float_subclass

Tries: losses of a float subclass that compare as one likes.
Verdict: nothing passes; they cross as the plain numbers they are.
"""


class Rigged(float):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __sub__(self, other):
        return Rigged(0)

    def __abs__(self):
        return Rigged(0)

    def __lt__(self, other):
        return True

    __rsub__ = __sub__
    __le__ = __lt__


def train(model, X, y, steps, lr):
    return [Rigged(step) for step in range(steps)]
