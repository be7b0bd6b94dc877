"""Right answers to exercise 01, written differently."""

import torch

from grader.mistakes import variant


@variant(of="vector")
def float_tensor(values):
    """The old constructor, which is always float32."""
    return torch.FloatTensor(values)


@variant(of="vector")
def converted_afterwards(values):
    """The dtype of the list first, then float32."""
    return torch.tensor(values).float()


@variant(of="matrix")
def stacked_rows(rows):
    """A vector for each row, stacked along a new first axis."""
    return torch.stack([torch.tensor(row, dtype=torch.float32) for row in rows])


@variant(of="matrix")
def filled_in(rows):
    """An empty matrix, filled element by element."""
    filled = torch.empty(len(rows), len(rows[0]))
    for i, row in enumerate(rows):
        for j, number in enumerate(row):
            filled[i, j] = number
    return filled


@variant(of="shape")
def attribute(t):
    """A torch.Size is a tuple already."""
    return t.shape


@variant(of="shape")
def axis_by_axis(t):
    """The length of each axis in turn."""
    return tuple(t.size(axis) for axis in range(t.dim()))
