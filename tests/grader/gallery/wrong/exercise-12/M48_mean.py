"""M48: the mean of whole numbers.

Named: torch:mean_of_whole
"""


def predict(counts, weight):
    return (counts - counts.mean(0)) @ weight
