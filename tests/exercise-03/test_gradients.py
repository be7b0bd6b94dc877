"""Hidden checks of exercise 03, gradients: other numbers, the graph, and what is left behind."""

import pytest
import torch

from grader import expect

LR = 0.25


@pytest.fixture
def points(normal):
    """Weight, input and truth of three small problems, the last in float64."""
    dtypes = (torch.float32, torch.float32, torch.float64)
    return [tuple(normal(dtype=dtype) for _ in range(3)) for dtype in dtypes]


@pytest.mark.points(1)
@pytest.mark.needs("loss")
def test_loss_values(student, points):
    """The loss agrees with the reference on other numbers."""
    for point in points:
        expect.same(student.loss, *point)


@pytest.mark.points(1)
@pytest.mark.needs("loss")
def test_loss_graph(student, points):
    """Gradients flow from the loss to w, x and y."""
    for point in points:
        expect.gradients(student.loss, *point)


@pytest.mark.points(2)
@pytest.mark.needs("gradient")
def test_gradient_values(student, points):
    """The gradient is right whether or not w asks for gradients."""
    for w, x, y in points:
        expect.same(student.gradient, w.clone().requires_grad_(), x, y)
        expect.same(student.gradient, w, x, y)


@pytest.mark.points(1)
@pytest.mark.needs("gradient_values")
def test_gradient_leaves_w(student, points):
    """After gradient(), w and w.grad are as they were."""
    for w, x, y in points:
        expect.unchanged(student.gradient, w, x, y)
        tracked = w.clone().requires_grad_()
        expect.unchanged(student.gradient, tracked, x, y)
        tracked.grad = torch.full_like(w, 7.0)
        expect.unchanged(student.gradient, tracked, x, y)


@pytest.mark.points(1)
@pytest.mark.needs("descend")
def test_descend_values(student, points):
    """A step agrees with the reference on other numbers, and leaves the old w as it was."""
    for w, x, y in points:
        expect.unchanged(student.descend, w.clone().requires_grad_(), x, y, LR)
        expect.same(student.descend, w, x, y, LR)


@pytest.mark.points(1)
@pytest.mark.needs("descend")
def test_descend_graph(student, points):
    """The new weight carries no graph."""
    for w, x, y in points:
        expect.detached(
            student.descend(w.clone().requires_grad_(), x, y, LR), name="the new weight"
        )
