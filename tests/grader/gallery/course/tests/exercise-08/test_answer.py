"""Checks of copies and views."""

import pytest
import torch

from grader import expect


@pytest.mark.points(1)
def test_split_heads(student, normal):
    """Each head gets its part of each position."""
    expect.same(student.split_heads, normal(2, 7, 15), 3)


@pytest.mark.points(1)
def test_constant(student):
    """A number becomes a tensor of one number."""
    expect.close(student.constant(3), torch.tensor(3.0))


@pytest.mark.points(1)
def test_centred(student, normal):
    """The columns have a mean of zero."""
    expect.same(student.centred, normal(7, 3) + 5)


@pytest.mark.points(1)
def test_centred_leaves_x(student, normal):
    """What is handed over stays as it was."""
    expect.unchanged(student.centred, normal(7, 3) + 5)


@pytest.mark.points(1)
def test_rows_of(student, normal):
    """The first row is zero, and the others are not."""
    expect.same(student.rows_of, normal(5), 7)


@pytest.mark.points(1)
def test_rows_of_leaves_row(student, normal):
    """The row that is handed over stays as it was."""
    expect.unchanged(student.rows_of, normal(5), 7)


@pytest.mark.points(1)
def test_less_first(student, normal):
    """The first column is taken from each column, itself among them."""
    expect.same(student.less_first, normal(7, 3))
