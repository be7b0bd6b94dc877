"""forge_history_alone

Tries: the right history, of a copy; the model itself stays as it was.
Verdict: train_parameters fails, the rest keeps its points.
"""

import copy

honest_train = globals()["train"]


def train(model, X, y, steps, lr):
    return honest_train(copy.deepcopy(model), X, y, steps, lr)
