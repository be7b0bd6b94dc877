"""M38: a second name is taken for a copy.

Named: centred_in_place
"""


def centred(x):
    result = x
    for column in range(result.shape[1]):
        result[:, column] -= result[:, column].mean()
    return result
