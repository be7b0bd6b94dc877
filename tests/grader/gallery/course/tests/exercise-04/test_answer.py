"""Checks of functions: their values, and the gradients through them."""

import pytest

from grader import expect

N, INPUTS, HIDDEN, OUTPUTS = 7, 3, 5, 2


@pytest.fixture
def layers(normal):
    """Inputs and the weights of two layers."""
    return normal(N, INPUTS), normal(INPUTS, HIDDEN), normal(HIDDEN, OUTPUTS)


@pytest.mark.points(1)
def test_two_layers(student, layers):
    """The outputs of two layers are right."""
    expect.same(student.two_layers, *layers)


@pytest.mark.points(2)
@pytest.mark.needs("two_layers")
def test_two_layers_gradients(student, layers):
    """Inputs and both weights get their gradients."""
    expect.gradients(student.two_layers, *layers)


@pytest.mark.points(1)
def test_gate(student, normal):
    """The gate's values are right."""
    expect.same(student.gate, normal(N, INPUTS))


@pytest.mark.points(2)
@pytest.mark.needs("gate")
def test_gate_gradients(student, normal):
    """So is the gradient through the gate."""
    expect.gradients(student.gate, normal(N, INPUTS))


@pytest.mark.points(1)
def test_squares_plus(student, normal):
    """The squares and b are added."""
    expect.same(student.squares_plus, normal(N, INPUTS), normal(INPUTS))


@pytest.mark.points(2)
@pytest.mark.needs("squares_plus")
def test_squares_plus_gradients(student, normal):
    """The backward pass follows the chain rule."""
    expect.gradients(student.squares_plus, normal(N, INPUTS), normal(INPUTS))
