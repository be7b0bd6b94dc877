"""Checks of losses: their values, and that a gradient flows from them."""

import pytest
import torch

from grader import expect

N, FEATURES = 11, 3


@pytest.fixture
def line(normal):
    """Weights, inputs and truths."""
    return normal(FEATURES), normal(N, FEATURES), normal(N)


@pytest.fixture
def signs(normal, integers):
    """Scores, and truths of -1 and 1."""
    return 2 * normal(N), 2.0 * integers(0, 2, (N,)) - 1


@pytest.fixture
def tensors(normal):
    """Tensors of several shapes, through which a gradient is to flow."""
    return [normal(*shape, requires_grad=True) for shape in ((3,), (2, 5), (7,), (4, 6))]


@pytest.mark.points(1)
def test_squared_error(student, line):
    """The mean squared error is one number, the right one."""
    expect.same(student.squared_error, *line)


@pytest.mark.points(2)
@pytest.mark.needs("squared_error")
def test_squared_error_gradient(student, line):
    """The right gradient flows from it."""
    expect.gradients(student.squared_error, *line)


@pytest.mark.points(1)
def test_norms(student, tensors):
    """The norms are right."""
    expect.close(student.norms(tensors).detach(), torch.stack([each.norm() for each in tensors]))


@pytest.mark.points(1)
def test_norms_are_connected(student, tensors):
    """A gradient flows from the norms to every tensor."""
    expect.connected(student.norms(tensors), *tensors)


@pytest.mark.points(1)
def test_soft_errors(student, signs):
    """The smooth number of errors is right."""
    expect.same(student.soft_errors, *signs)


@pytest.mark.points(1)
def test_soft_errors_are_connected(student, signs):
    """A gradient flows from it to the scores."""
    scores, y = signs
    scores.requires_grad_()

    expect.connected(student.soft_errors(scores, y), scores=scores)
