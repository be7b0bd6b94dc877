"""Visible checks of exercise 03, gradients: the lesson's numbers, and a smaller weight."""

import pytest
import torch

from grader import expect


@pytest.fixture
def lesson(device):
    """The weight, the input and the truth of the lesson: the prediction is one too large."""
    return [torch.tensor(value, device=device) for value in (2.0, 3.0, 5.0)]


@pytest.fixture
def smaller(device):
    """A weight of one, with which the prediction is two too small."""
    return [torch.tensor(value, device=device) for value in (1.0, 3.0, 5.0)]


@pytest.mark.points(1)
def test_loss(student, lesson, smaller, device):
    """The loss is (2·3 − 5)² = 1, and (1·3 − 5)² = 4 with the smaller weight."""
    expect.close(student.loss(*lesson), torch.tensor(1.0, device=device))
    expect.close(student.loss(*smaller), torch.tensor(4.0, device=device))


@pytest.mark.points(1)
def test_gradient(student, lesson, smaller, device):
    """The gradient is 2·1·3 = 6, and 2·(−2)·3 = −12 with the smaller weight."""
    for (w, x, y), right in ((lesson, 6.0), (smaller, -12.0)):
        w.requires_grad_()
        expect.close(student.gradient(w, x, y), torch.tensor(right, device=device))


@pytest.mark.points(1)
def test_descend(student, lesson, smaller, device):
    """A step with learning rate 0.1 moves the weight from 2 to 1.4, and from 1 to 2.2."""
    for (w, x, y), right in ((lesson, 1.4), (smaller, 2.2)):
        w.requires_grad_()
        expect.close(student.descend(w, x, y, 0.1), torch.tensor(right, device=device))
