"""M39: the first column is a view of what is being changed.

Named: first_column_gone
"""


def less_first(a):
    out = a.clone()
    first = out[:, 0]
    for j in range(out.shape[1]):
        out[:, j] = out[:, j] - first
    return out
