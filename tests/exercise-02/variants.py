"""Right answers to exercise 02, written differently."""

import torch

from grader.mistakes import variant


@variant(of="add")
def named_function(a, b):
    """The operator by its name."""
    return torch.add(a, b)


@variant(of="multiply")
def method(a, b):
    """The operator as a method."""
    return a.mul(b)


@variant(of="matvec")
def broadcast_and_sum(A, v):
    """Row by row products, summed along each row."""
    return (A * v).sum(dim=1)


@variant(of="matvec")
def one_row_at_a_time(A, v):
    """A Python loop over the rows, joined with stack, which keeps the graph."""
    return torch.stack([torch.dot(row, v) for row in A])


@variant(of="matmul")
def einstein_sum(A, B):
    """The sum as the formula writes it."""
    return torch.einsum("ij,jk->ik", A, B)


@variant(of="matmul")
def column_by_column(A, B):
    """One matrix-vector product for each column."""
    return torch.stack([A @ column for column in B.T], dim=1)
