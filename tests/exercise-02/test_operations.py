"""Hidden checks of exercise 02, operations: any shape, any float dtype, gradients, arguments."""

import pytest
import torch

from grader import expect

N, M, P = 5, 3, 7  # pairwise distinct: a swapped axis cannot hide


def holds(function, *args):
    """Expect the reference's values and gradients in two dtypes, and untouched arguments."""
    for dtype in (torch.float32, torch.float64):
        cast = [argument.to(dtype) for argument in args]
        expect.same(function, *cast)
        expect.unchanged(function, *cast)
        expect.gradients(function, *cast)


@pytest.mark.points(1)
def test_matmul(student, normal):
    """A matrix times a matrix has a row for each row of A and a column for each column of B."""
    expect.same(student.matmul, normal(N, M), normal(M, P))


@pytest.mark.points(1)
@pytest.mark.needs("add")
def test_add_any(student, normal):
    """add() works for any shape and float dtype, passes gradients and changes no argument."""
    holds(student.add, normal(N, M), normal(N, M))
    expect.same(student.add, normal(1, M), normal(1, M))


@pytest.mark.points(1)
@pytest.mark.needs("multiply")
def test_multiply_any(student, normal):
    """multiply() works for any shape and float dtype, passes gradients and changes no argument."""
    holds(student.multiply, normal(N, M), normal(N, M))
    expect.same(student.multiply, normal(1, M), normal(1, M))


@pytest.mark.points(1)
@pytest.mark.needs("matvec")
def test_matvec_any(student, normal):
    """matvec() works for any sizes and float dtype, passes gradients and changes no argument."""
    holds(student.matvec, normal(N, M), normal(M))
    expect.same(student.matvec, normal(1, M), normal(M))


@pytest.mark.points(1)
@pytest.mark.needs("matmul")
def test_matmul_any(student, normal):
    """matmul() works for any sizes and float dtype, passes gradients and changes no argument."""
    holds(student.matmul, normal(P, N), normal(N, M))
    expect.same(student.matmul, normal(1, N), normal(N, M))
