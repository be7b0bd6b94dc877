"""M45: the classes are counted from one, so that the highest does not exist.

Named: torch:target_out_of_bounds
"""


def loss_of_table(scores, column):
    return loss(scores, column.flatten().long())
