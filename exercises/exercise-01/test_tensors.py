"""Visible checks of exercise 01, tensors: one vector and one matrix."""

import pytest
import torch

from grader import expect


@pytest.mark.points(1)
def test_vector(student):
    """A list of three numbers becomes a vector of shape (3,)."""
    expect.close(student.vector([1.5, -2.0, 0.25]), torch.tensor([1.5, -2.0, 0.25]))


@pytest.mark.points(1)
def test_matrix(student):
    """A list of two rows of three numbers becomes a matrix of shape (2, 3)."""
    rows = [[1.5, -2.0, 0.25], [3.0, 0.5, -1.0]]

    expect.close(student.matrix(rows), torch.tensor(rows))
