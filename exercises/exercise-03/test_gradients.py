"""Visible checks of exercise 03, gradients: the lesson's numbers, and a smaller weight."""

import pytest
import torch

from grader import expect


@pytest.fixture
def lesson(device):
    """The weight, the input and the truth of the lesson: the prediction is one too large."""
    w = torch.tensor(2.0, device=device, requires_grad=True)
    return w, torch.tensor(3.0, device=device), torch.tensor(5.0, device=device)


@pytest.fixture
def smaller(device):
    """The same with a weight of one: the prediction is two too small."""
    w = torch.tensor(1.0, device=device, requires_grad=True)
    return w, torch.tensor(3.0, device=device), torch.tensor(5.0, device=device)


@pytest.mark.points(1)
def test_loss(student, lesson, smaller, device):
    """The loss is (2·3 − 5)² = 1, and (1·3 − 5)² = 4 with the smaller weight."""
    first, second = student.loss(*lesson), student.loss(*smaller)

    expect.close(first, torch.tensor(1.0, device=device))
    expect.close(second, torch.tensor(4.0, device=device))


@pytest.mark.points(1)
def test_gradient(student, lesson, smaller, device):
    """The gradient is 2·1·3 = 6, and 2·(−2)·3 = −12 with the smaller weight."""
    first, second = student.gradient(*lesson), student.gradient(*smaller)

    expect.close(first, torch.tensor(6.0, device=device))
    expect.close(second, torch.tensor(-12.0, device=device))


@pytest.mark.points(1)
def test_descend(student, lesson, smaller, device):
    """A step with learning rate 0.1 moves the weight from 2 to 1.4, and from 1 to 2.2."""
    first, second = student.descend(*lesson, 0.1), student.descend(*smaller, 0.1)

    expect.close(first, torch.tensor(1.4, device=device))
    expect.close(second, torch.tensor(2.2, device=device))
