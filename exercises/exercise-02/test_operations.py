"""Visible checks of exercise 02, operations: small numbers to follow with a pencil."""

import pytest
import torch

from grader import expect


@pytest.mark.points(1)
def test_add(student, device):
    """Two vectors are added element by element."""
    a = torch.tensor([1.0, 2.0, 3.0], device=device)
    b = torch.tensor([4.0, 5.0, 6.0], device=device)

    expect.close(student.add(a, b), torch.tensor([5.0, 7.0, 9.0], device=device))


@pytest.mark.points(1)
def test_multiply(student, device):
    """Two vectors are multiplied element by element."""
    a = torch.tensor([1.0, 2.0, 3.0], device=device)
    b = torch.tensor([4.0, 5.0, 6.0], device=device)

    expect.close(student.multiply(a, b), torch.tensor([4.0, 10.0, 18.0], device=device))


@pytest.mark.points(1)
def test_matvec(student, device):
    """A matrix times a vector has one number for each row of the matrix."""
    A = torch.tensor([[2.0, 0.0], [1.0, 3.0], [0.0, -1.0]], device=device)
    v = torch.tensor([1.0, 2.0], device=device)

    expect.close(student.matvec(A, v), torch.tensor([2.0, 7.0, -2.0], device=device))
