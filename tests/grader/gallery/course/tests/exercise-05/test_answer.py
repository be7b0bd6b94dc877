"""Checks of a step by hand, of what is trained, and of where it starts."""

import pytest
import torch
from torch import nn

from grader import expect

N, FEATURES, LR = 11, 3, 0.5


@pytest.fixture
def line(normal):
    """Weights that are to be moved, inputs and truths."""
    return normal(FEATURES, requires_grad=True), normal(N, FEATURES), normal(N)


def gradient(w, X, y):
    """Compute the gradient of the mean squared error."""
    return 2 / N * X.T @ (X @ w.detach() - y)


def trained(model):
    """List the names of the parameters that training changes."""
    return sorted(name for name, each in model.named_parameters() if each.requires_grad)


@pytest.mark.points(2)
def test_update(student, line):
    """The weights move by -lr times their gradient, in place."""
    w, X, y = line
    start, wanted = w.detach().clone(), -LR * gradient(*line)
    student.update(w, X, y, LR)

    expect.close(w.detach() - start, wanted, name="the move of w")


@pytest.mark.points(1)
@pytest.mark.needs("update")
def test_update_again(student, line):
    """The next step takes the next gradient, and no other."""
    w, X, y = line
    student.update(w, X, y, LR)
    start, wanted = w.detach().clone(), -LR * gradient(*line)
    student.update(w, X, y, LR)

    expect.close(w.detach() - start, wanted, name="the move of w")


@pytest.mark.points(1)
def test_freeze(student):
    """The last layer is trained, and no other."""
    model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 2))
    student.freeze_all_but_last(model)

    expect.equal(trained(model), ["4.bias", "4.weight"], name="the list of what is trained")


@pytest.mark.points(1)
def test_network(student):
    """The network has its layers."""
    model = expect.module(student.network(3, 7, 2, torch.Generator().manual_seed(5)), nn.Sequential)

    expect.tensor(model(torch.ones(11, 3)), shape=(11, 2))


@pytest.mark.points(2)
@pytest.mark.needs("network")
def test_network_start(student, reference):
    """Its weights start where they should."""
    model = student.network(3, 7, 2, torch.Generator().manual_seed(6))

    expect.parameters(model, reference.network(3, 7, 2, torch.Generator().manual_seed(6)))
