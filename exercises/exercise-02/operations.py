"""Exercise 02, operations: the arithmetic that every layer is made of."""

import torch


def add(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Add two tensors element by element.

    Args:
        a: any shape, floating.
        b: shape and dtype of a.

    Returns:
        Shape and dtype of a; differentiable in a and b.
    """
    raise NotImplementedError("add: exercise 02, part 1")


def multiply(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Multiply two tensors element by element.

    Args:
        a: any shape, floating.
        b: shape and dtype of a.

    Returns:
        Shape and dtype of a; differentiable in a and b.
    """
    raise NotImplementedError("multiply: exercise 02, part 2")


def matvec(A: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Multiply a matrix by a vector: element i is the sum over j of A[i, j] * v[j].

    Axes: n rows, m columns.

    Args:
        A: (n, m), floating.
        v: (m,), dtype of A.

    Returns:
        (n,), dtype of A; differentiable in A and v.
    """
    raise NotImplementedError("matvec: exercise 02, part 3")


def matmul(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """Multiply two matrices: element [i, k] is the sum over j of A[i, j] * B[j, k].

    Axes: n rows of A, m columns of A and rows of B, p columns of B.

    Args:
        A: (n, m), floating.
        B: (m, p), dtype of A.

    Returns:
        (n, p), dtype of A; differentiable in A and B.
    """
    raise NotImplementedError("matmul: exercise 02, part 4")
