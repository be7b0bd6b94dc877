"""Hidden checks of exercise 01, tensors: other numbers, whole numbers, any number of axes."""

import pytest
import torch

from grader import expect

N, M, K = 5, 3, 7  # pairwise distinct: a swapped axis cannot hide


@pytest.mark.points(1)
@pytest.mark.needs("vector")
def test_vector_of_whole_numbers(student, integers):
    """A list of whole numbers becomes a float32 vector as well, and so does a single one."""
    for values in (integers(-9, 10, (K,)).tolist(), integers(-9, 10, (1,)).tolist()):
        expect.close(student.vector(values), torch.tensor(values, dtype=torch.float32))


@pytest.mark.points(1)
@pytest.mark.needs("matrix")
def test_matrix_values(student, normal, integers):
    """Element [i, j] of the matrix is number j of row i, and float32 whatever the rows hold."""
    whole, single = integers(-9, 10, (M, K)).tolist(), normal(1, M).tolist()
    for rows in (normal(N, M).tolist(), whole, single):
        expect.close(student.matrix(rows), torch.tensor(rows, dtype=torch.float32))


@pytest.mark.points(1)
def test_shape(student, normal):
    """The shape of a matrix is its number of rows and its number of columns."""
    expect.equal(student.shape(normal(N, M)), (N, M))


@pytest.mark.points(1)
@pytest.mark.needs("shape")
def test_shape_of_any_tensor(student, normal):
    """The shape has one number for each axis, and none for a single number."""
    expect.equal(student.shape(normal(K)), (K,))
    expect.equal(student.shape(normal(M, K, N)), (M, K, N))
    expect.equal(student.shape(normal()), ())
