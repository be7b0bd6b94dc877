"""Hidden checks of exercise 04, training: several steps, other optimizers, other lines."""

import copy

import pytest
import torch
from torch import nn

from grader import expect

N, INPUTS, OUTPUTS = 11, 3, 2  # pairwise distinct: a swapped axis cannot hide
STEPS = 4


@pytest.fixture
def model(normal, device):
    """A model whose start the seed decides."""
    model = nn.Linear(INPUTS, OUTPUTS, device=device)
    with torch.no_grad():
        model.weight.copy_(normal(OUTPUTS, INPUTS))
        model.bias.copy_(normal(OUTPUTS))
    return model


@pytest.fixture
def data(normal):
    """Inputs and truths; no model explains them all, so every gradient stays alive."""
    return normal(N, INPUTS), normal(N, OUTPUTS)


def replays(student, reference, model, optimizer, data):
    """Train a model and its twin, the twin by the reference, and expect the same parameters."""
    twin = copy.deepcopy(model)
    # The reference first: a student's call may change the data.
    reference.train(twin, optimizer(twin.parameters()), *data, STEPS)
    student.train(model, optimizer(model.parameters()), *data, STEPS)
    expect.parameters(model, twin)


def descent(parameters):
    """Plain gradient descent."""
    return torch.optim.SGD(parameters, lr=0.1)


def heavy_ball(parameters):
    """Gradient descent with momentum: a step depends on the steps before it."""
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9)


def adam(parameters):
    """Adam, in which each parameter has a step length of its own."""
    return torch.optim.Adam(parameters, lr=0.1)


@pytest.mark.points(2)
@pytest.mark.needs("step")
def test_several_steps(student, reference, model, data):
    """Several steps of gradient descent bring the parameters where they belong."""
    replays(student, reference, model, descent, data)


@pytest.mark.points(2)
@pytest.mark.needs("several_steps")
def test_optimizer(student, reference, model, data):
    """The parameters are moved by the optimizer that was given, be it momentum or Adam."""
    # In float64 rounding stays far below Adam's first steps, which divide a gradient by its size.
    double = copy.deepcopy(model).double()
    replays(student, reference, model, heavy_ball, data)
    replays(student, reference, double, adam, [tensor.double() for tensor in data])


@pytest.mark.points(2)
@pytest.mark.needs("first_loss")
def test_losses(student, model, data):
    """There is one loss for each step, that of the model before the step's update."""
    X, y = data
    twin = copy.deepcopy(model)
    losses = student.train(model, descent(model.parameters()), X.clone(), y.clone(), STEPS)
    # Judged by the student's own training, one step at a time: whether the updates are right is
    # the business of other checks.
    optimizer, wanted = descent(twin.parameters()), []
    for _ in range(STEPS):
        with torch.no_grad():
            wanted.append(((twin(X) - y) ** 2).mean().item())
        student.train(twin, optimizer, X.clone(), y.clone(), 1)

    expect.history(losses, wanted)


@pytest.mark.points(1)
@pytest.mark.needs("several_steps")
def test_data(student, model, data):
    """Training leaves X and y as they were."""
    optimizer = descent(model.parameters())

    expect.unchanged(student.train, model, optimizer, *data, STEPS, but=("model", "optimizer"))


@pytest.mark.points(1)
@pytest.mark.needs("line")
def test_any_line(student, normal, device):
    """Any other line is learned as well, with its intercept, be it rising or falling."""
    X = torch.linspace(-3, 3, N, device=device).unsqueeze(1)
    # Between 2 and 3 in size, of either sign: far from what an untrained or constant model says.
    slope, intercept = (normal(2).sign() * (2 + normal(2).abs().clamp(max=1))).tolist()
    # And the same line upside down: no answer that is always the same comes near to both.
    for y in (slope * X + intercept, -slope * X - intercept):
        model = expect.module(student.fit_line(X.clone(), y.clone()), nn.Linear)

        expect.learned(model, X, y, share=0.05)
