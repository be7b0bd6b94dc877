"""M36: argmax has no dimension, and counts through the whole matrix.

Named: one_winner
"""


def predict(scores):
    return scores.flatten().argmax()
