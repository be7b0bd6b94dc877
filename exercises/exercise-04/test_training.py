"""Visible checks of exercise 04, training: the lesson's data, from a start that is known."""

import pytest
import torch
from torch import nn

from grader import expect

LR = 0.01


@pytest.fixture
def data(device):
    """The inputs and the truth of the lesson: y = 2x."""
    X = torch.tensor([[1.0], [2.0], [3.0], [4.0]], device=device)
    return X, 2 * X


@pytest.fixture
def model(device):
    """A line through zero with slope zero: every prediction is 0."""
    model = nn.Linear(1, 1, device=device)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    return model


@pytest.mark.points(1)
def test_first_loss(student, model, data):
    """The first loss is that of the model before any update, a float in a list."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)

    expect.history(student.train(model, optimizer, *data, 1), [30.0])


@pytest.mark.points(2)
def test_step(student, model, data, device):
    """One step moves the weight to 0.3 and the bias to 0.1."""
    student.train(model, torch.optim.SGD(model.parameters(), lr=LR), *data, 1)

    expect.close(model.weight, torch.tensor([[0.3]], device=device), name="the weight")
    expect.close(model.bias, torch.tensor([0.1], device=device), name="the bias")


@pytest.mark.points(1)
def test_line(student, data):
    """A model from nn.Linear learns that y is 2x."""
    X, y = data
    model = expect.module(student.fit_line(X.clone(), y.clone()), nn.Linear)

    expect.learned(model, X, y, share=0.05)
