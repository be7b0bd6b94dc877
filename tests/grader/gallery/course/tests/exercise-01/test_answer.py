"""Checks of the training loop."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.functional import mse_loss

from grader import expect

N, INPUTS, OUTPUTS, STEPS, LR = 11, 3, 5, 4, 0.5


@pytest.fixture
def model(normal):
    """A model whose start the seed decides."""
    model = nn.Linear(INPUTS, OUTPUTS)
    with torch.no_grad():
        model.weight.copy_(normal(OUTPUTS, INPUTS))
        model.bias.copy_(normal(OUTPUTS))
    return model


@pytest.fixture
def data(normal):
    """Inputs and truths."""
    return normal(N, INPUTS), normal(N, OUTPUTS)


def descent(parameters):
    """Plain gradient descent."""
    return torch.optim.SGD(parameters, lr=LR)


@pytest.mark.points(1)
def test_first_loss(student, reference, model, data):
    """The first loss is that of the model before any update."""
    twin = copy.deepcopy(model)
    wanted = reference.train(twin, descent(twin.parameters()), *data, 1)

    expect.history(student.train(model, descent(model.parameters()), *data, 1), wanted)


@pytest.mark.points(2)
def test_one_step(student, model, data):
    """One step moves each parameter by -lr times its gradient."""
    expect.step(student.train, model, *data, loss=mse_loss, lr=LR)


@pytest.mark.points(2)
@pytest.mark.needs("one_step")
def test_several_steps(student, reference, model, data):
    """Several steps move the parameters where they belong."""
    twin = copy.deepcopy(model)
    reference.train(twin, descent(twin.parameters()), *data, STEPS)
    student.train(model, descent(model.parameters()), *data, STEPS)

    expect.parameters(model, twin)
