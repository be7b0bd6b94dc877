"""M39: the row is copied, and then expanded all the same.

Named: copy_shared_by_all
"""


def rows_of(row, n):
    table = row.clone().expand(n, -1)
    table[0].fill_(0)
    return table
