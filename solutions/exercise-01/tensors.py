"""Exercise 01, tensors: numbers in a list become something that can be computed with."""

import torch


def vector(values: list[float]) -> torch.Tensor:
    """Make a vector of a list of numbers.

    Args:
        values: n numbers; whole numbers may be written without a point.

    Returns:
        (n,), float32.
    """
    return torch.tensor(values, dtype=torch.float32)


def matrix(rows: list[list[float]]) -> torch.Tensor:
    """Make a matrix of a list of rows.

    Args:
        rows: n lists of m numbers each; whole numbers may be written without a point.

    Returns:
        (n, m), float32; element [i, j] is rows[i][j].
    """
    return torch.tensor(rows, dtype=torch.float32)


def shape(t: torch.Tensor) -> tuple[int, ...]:
    """Tell how long each axis of a tensor is.

    Args:
        t: any shape and dtype.

    Returns:
        One whole number for each axis, the first axis first; () for a single number.
    """
    return tuple(t.shape)
