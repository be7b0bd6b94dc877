"""Checks of clipping, a schedule, evaluation and sequences in pieces."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.functional import mse_loss

from grader import expect

N, INPUTS, OUTPUTS, BATCHES, PIECES, LR = 11, 3, 5, 4, 6, 0.1


@pytest.fixture
def model(normal):
    """A model whose start the seed decides."""
    return filled(nn.Linear(INPUTS, OUTPUTS), normal)


@pytest.fixture
def batches(normal):
    """A few batches of one size."""
    return [(normal(N, INPUTS), normal(N, OUTPUTS)) for _ in range(BATCHES)]


@pytest.fixture
def cell(normal):
    """A recurrent cell whose start the seed decides."""
    return filled(nn.RNNCell(INPUTS, OUTPUTS), normal)


@pytest.fixture
def sequence(normal):
    """A long sequence in pieces, time first, and what its outputs should be."""
    pieces = [normal(7, 2, INPUTS) for _ in range(PIECES)]
    return pieces, [normal(7, 2, OUTPUTS).tanh() for _ in range(PIECES)]


def filled(model, normal):
    """Draw all parameters anew."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.5 * normal(*parameter.shape))
    return model


def descent(model):
    """Plain gradient descent."""
    return torch.optim.SGD(model.parameters(), lr=LR)


@pytest.mark.points(1)
def test_small_gradients(student, model, batches):
    """A step whose gradient is shorter than max_norm is an ordinary step."""

    def step(model):
        student.clipped_step(model, descent(model), *batches[0], 100.0)

    expect.step(step, model, *batches[0], loss=mse_loss, lr=LR)


@pytest.mark.points(1)
@pytest.mark.needs("small_gradients")
def test_large_gradients(student, reference, model, batches):
    """A step whose gradient is longer than max_norm is as long as max_norm allows."""
    X, y = batches[0]
    twin, start = copy.deepcopy(model), model.weight.detach().clone()
    reference.clipped_step(twin, descent(twin), X, 30 * y, 0.5)
    student.clipped_step(model, descent(model), X, 30 * y, 0.5)

    expect.close(model.weight - start, twin.weight - start, name="the step of the weight")


@pytest.mark.points(1)
def test_epoch_means(student, reference, model, batches):
    """The first mean is that of the first epoch's losses, as a float."""
    twin = copy.deepcopy(model)
    wanted = reference.fit(twin, descent(twin), batches, 1)

    expect.history(student.fit(model, descent(model), batches, 1), wanted)


@pytest.mark.points(1)
def test_schedule(student, reference, model, batches):
    """Over several epochs the parameters move as the falling learning rate says."""
    twin = copy.deepcopy(model)
    reference.fit(twin, descent(twin), batches, 3)
    student.fit(model, descent(model), batches, 3)

    expect.parameters(model, twin)


@pytest.mark.points(1)
def test_evaluate(student, model, batches):
    """The error is the mean squared error."""
    expect.same(student.evaluate, model, *batches[0])


@pytest.mark.points(1)
def test_evaluate_records_nothing(student, model, batches):
    """No graph is recorded for an evaluation."""
    expect.unrecorded(student.evaluate, model, *batches[0])


@pytest.mark.points(1)
def test_one_piece(student, cell, sequence):
    """A single piece of a single moment is one ordinary step."""
    pieces, targets = ([each[:1] for each in kind[:1]] for kind in sequence)

    def step(cell):
        student.train_in_pieces(cell, descent(cell), pieces, targets)

    def loss(state, target):
        return mse_loss(state, target[0])

    expect.step(step, cell, pieces[0][0], targets[0], loss=loss, lr=LR)


@pytest.mark.points(2)
@pytest.mark.needs("one_piece")
def test_several_pieces(student, reference, cell, sequence):
    """The state goes on from piece to piece, and the gradient does not."""
    twin = copy.deepcopy(cell)
    wanted = reference.train_in_pieces(twin, descent(twin), *sequence)
    losses = student.train_in_pieces(cell, descent(cell), *sequence)

    expect.history(losses, wanted)
    expect.parameters(cell, twin)
