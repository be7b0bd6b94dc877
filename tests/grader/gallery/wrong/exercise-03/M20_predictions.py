"""M20: the predictions are rounded, as if they were to be shown.

Named: rounded
"""


def squared_error(w, X, y):
    guesses = (X * w).sum(dim=-1)
    return ((y - guesses.round()) ** 2).sum() / len(y)
