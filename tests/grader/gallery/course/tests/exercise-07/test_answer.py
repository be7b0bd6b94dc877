"""Checks of what meets in a batch."""

import pytest
from torch import nn

from grader import expect


@pytest.mark.points(1)
def test_squared_error(student, normal):
    """Each prediction is held against its own truth."""
    expect.same(student.squared_error, normal(11, 1), normal(11))


@pytest.mark.points(1)
def test_fit_line(student, normal):
    """A line is found that explains the data."""
    X = normal(30, 1)
    y = 2 * X - 1 + 0.1 * normal(30, 1)

    expect.learned(student.fit_line(X, y.squeeze(1)), X, y, share=0.05)


@pytest.mark.points(1)
def test_sequence_loss(student, normal, integers):
    """Each moment of each sequence has its own target."""
    expect.same(student.sequence_loss, normal(3, 7, 5), integers(0, 5, (3, 7)))


@pytest.mark.points(1)
def test_likelihood_loss(student, normal, integers):
    """Of each row the probability of its own class counts."""
    expect.same(student.likelihood_loss, normal(7, 3), integers(0, 3, (7,)))


@pytest.mark.points(1)
def test_predict(student, normal):
    """Each row gets the class of its highest score."""
    expect.same(student.predict, normal(7, 3))


@pytest.mark.points(2)
def test_recurrent(student, normal):
    """A sequence's outputs depend on that sequence alone."""
    model = expect.module(student.recurrent(3, 5), nn.Module)

    expect.independent(lambda x: model(x)[0], normal(4, 7, 3))
