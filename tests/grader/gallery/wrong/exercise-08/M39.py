"""M39: expand makes one row that is seen n times.

Named: row_shared_by_all
"""


def rows_of(row, n):
    table = row.unsqueeze(0).expand(n, len(row))
    table[0, :] = 0.0
    return table
