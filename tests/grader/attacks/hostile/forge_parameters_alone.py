"""forge_parameters_alone

Tries: honest training with an invented history.
Verdict: train fails, train_parameters keeps its point.
"""

honest_train = globals()["train"]


def train(model, X, y, steps, lr):
    honest_train(model, X, y, steps, lr)
    return [1.0 / (step + 1) for step in range(steps)]
