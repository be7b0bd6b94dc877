"""Checks of formulas at the ends of the range of numbers."""

import pytest
import torch

from grader import expect

N, WIDTH, OUTPUTS = 5, 4, 3
# One that ordinary rows do not feel, and one that all but decides of rows that hardly vary.
TINY, EPS = 1e-10, 1e-5


@pytest.mark.points(1)
def test_softmax(student, normal):
    """The softmax of ordinary numbers is right."""
    expect.same(student.softmax, normal(N, WIDTH))


@pytest.mark.points(1)
@pytest.mark.needs("softmax")
def test_softmax_of_large_numbers(student, normal):
    """So is that of large ones."""
    expect.same(student.softmax, 1000 * normal(N, WIDTH))


@pytest.mark.points(1)
def test_loss(student, normal, integers):
    """The loss is the mean cross-entropy."""
    expect.same(student.loss, normal(N, WIDTH), integers(0, WIDTH, (N,)))


@pytest.mark.points(1)
@pytest.mark.needs("loss")
def test_loss_of_a_wide_gap(student):
    """A score that lies 200 below the highest costs 200."""
    expect.same(student.loss, torch.tensor([[0.0, 200.0, 3.0]]), torch.tensor([0]))


@pytest.mark.points(1)
def test_normalize(student, normal):
    """A row has mean 0 and variance 1."""
    expect.same(student.normalize, normal(N, WIDTH), TINY)


@pytest.mark.points(1)
@pytest.mark.needs("normalize")
def test_nearly_constant_rows(student, normal):
    """A row that hardly varies stays small, and a constant one is zero."""
    rows = 1e-3 * normal(N, WIDTH)
    rows[-1] = 0.5

    expect.same(student.normalize, rows, EPS)


@pytest.mark.points(1)
def test_predict(student, integers, normal):
    """Whole numbers are taken, and float32 comes back."""
    expect.same(student.predict, integers(0, 9, (N, WIDTH)), normal(WIDTH, OUTPUTS))


@pytest.mark.points(1)
def test_gelu(student, reference, normal):
    """Either form of GELU is right."""
    x = normal(N, WIDTH)

    expect.close(student.gelu(x), reference.gelu(x), atol=1e-3)
