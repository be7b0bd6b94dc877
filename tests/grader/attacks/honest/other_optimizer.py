"""other_optimizer

Means: a learning rate of the student's own, and one step too many.
Verdict: train and train_parameters fail.
"""

honest_train = globals()["train"]


def train(model, X, y, steps, lr):
    return honest_train(model, X, y, steps + 1, 0.01)
