"""Checks of shapes, and of where the numbers are."""

import pytest

from grader import expect


@pytest.mark.points(1)
def test_linear(student, normal):
    """A linear layer goes from three features to five."""
    expect.same(student.linear, normal(7, 3), normal(5, 3), normal(5))


@pytest.mark.points(1)
def test_channels_first(student, normal):
    """Time and channels change places, with their numbers."""
    expect.same(student.channels_first, normal(2, 7, 3))


@pytest.mark.points(1)
def test_channel_rows(student, normal):
    """A row holds one channel after another."""
    expect.same(student.channel_rows, normal(2, 7, 3))


@pytest.mark.points(1)
def test_pixels(student, normal):
    """Each image is a row of its own."""
    expect.same(student.pixels, normal(3, 4, 5))


@pytest.mark.points(1)
def test_scores(student, normal):
    """Each example has one score."""
    expect.same(student.scores, normal(7, 3), normal(3, 1))


@pytest.mark.points(1)
@pytest.mark.needs("scores")
def test_score_of_one(student, normal):
    """A batch of one example is a batch."""
    expect.same(student.scores, normal(1, 3), normal(3, 1))


@pytest.mark.points(1)
def test_shares(student, normal):
    """The numbers of each row sum to one."""
    expect.same(student.shares, normal(7, 3).exp())


@pytest.mark.points(1)
def test_shares_of_a_square(student, normal):
    """So do they where there are as many rows as columns."""
    expect.same(student.shares, normal(4, 4).exp())
