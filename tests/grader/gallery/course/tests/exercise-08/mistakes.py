"""Wrong copies and views."""

import torch

from grader.mistakes import mistake


@mistake(of="split_heads", loses="split_heads")
def heads_before_time(x, heads):
    """The heads hold parts of several positions: view reads on in order."""
    n, time, width = x.shape
    return x.reshape(n, heads, time, width // heads)


@mistake(of="constant", loses="constant")
def made_of_a_size(value):
    """torch.Tensor(3) makes three numbers that nobody has set; torch.tensor makes the number 3."""
    return torch.Tensor(value)


@mistake(of="constant", loses="constant")
def of_whole_numbers(value):
    """The tensor is of whole numbers: 3 has no point, and gives int64."""
    return torch.tensor(value)


@mistake(of="centred", loses="centred_leaves_x")
def centred_in_place(x):
    """The result is right, and the caller's x has become it: it was changed in place."""
    x -= x.mean(0)
    return x


@mistake(of="rows_of", loses=("rows_of", "rows_of_leaves_row"))
def row_shared_by_all(row, n):
    """All rows are zero, and the caller's row too: expand makes views, all of the same memory."""
    rows = row.expand(n, -1)
    rows[0] = 0
    return rows


@mistake(of="rows_of", loses="rows_of")
def copy_shared_by_all(row, n):
    """All rows are zero: after expand they are one row that is seen several times."""
    rows = row.clone().expand(n, -1)
    rows[0] = 0
    return rows


@mistake(of="less_first", loses="less_first")
def first_column_gone(a):
    """The first column is zero before the others are reached: only it has become less."""
    result = a.clone()
    for column in range(a.shape[1]):
        result[:, column] -= result[:, 0]
    return result
