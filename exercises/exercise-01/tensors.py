"""Exercise 01, tensors: numbers in a list become something that can be computed with."""

import torch


def vector(values: list[float]) -> torch.Tensor:
    """Make a vector of a list of numbers.

    Args:
        values: n numbers; whole numbers may be written without a point.

    Returns:
        (n,), float32.
    """
    raise NotImplementedError("vector: exercise 01, part 1")


def matrix(rows: list[list[float]]) -> torch.Tensor:
    """Make a matrix of a list of rows.

    Args:
        rows: n lists of m numbers each; whole numbers may be written without a point.

    Returns:
        (n, m), float32; element [i, j] is rows[i][j].
    """
    raise NotImplementedError("matrix: exercise 01, part 2")


def shape(t: torch.Tensor) -> tuple[int, ...]:
    """Tell how long each axis of a tensor is.

    Args:
        t: any shape and dtype.

    Returns:
        One whole number for each axis, the first axis first; () for a single number.
    """
    raise NotImplementedError("shape: exercise 01, part 3")
