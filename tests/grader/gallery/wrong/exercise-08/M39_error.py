"""M39: what is multiplied in place is one row that is seen n times.

Named: torch:shared_memory
"""

import torch


def rows_of(row, n):
    keep = torch.ones(n, 1)
    keep[0] = 0
    rows = row.expand(n, -1)
    rows *= keep
    return rows
