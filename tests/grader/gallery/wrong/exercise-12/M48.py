"""M48: whole numbers meet a floating weight.

Named: torch:dtypes_differ
"""


def predict(counts, weight):
    centred = counts - counts.sum(0) // len(counts)
    return centred @ weight
