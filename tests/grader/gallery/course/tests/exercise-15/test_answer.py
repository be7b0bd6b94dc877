"""Checks of training and evaluation."""

import copy

import pytest
import torch
from torch import nn

from grader import expect

N, INPUTS, HIDDEN, OUTPUTS = 9, 3, 7, 2
LR = 0.1


def filled(model, normal):
    """Give a model weights that the seed decides."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(normal(*parameter.shape))
    return model


@pytest.fixture
def model(normal):
    """A model whose two modes differ."""
    layers = nn.Linear(INPUTS, HIDDEN), nn.Dropout(0.5), nn.Linear(HIDDEN, OUTPUTS)
    return filled(nn.Sequential(*layers), normal)


@pytest.fixture
def plain(normal):
    """A model without modes."""
    layers = nn.Linear(INPUTS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, OUTPUTS)
    return filled(nn.Sequential(*layers), normal)


@pytest.fixture
def data(normal):
    """Inputs and truths."""
    return normal(N, INPUTS), normal(N, OUTPUTS)


def descent(model):
    """Plain gradient descent."""
    return torch.optim.SGD(model.parameters(), lr=LR)


@pytest.mark.points(1)
def test_evaluation_mode(student, model, data):
    """Evaluation runs in evaluation mode."""
    expect.modes(student.evaluate, model, *data, training=False)


@pytest.mark.points(1)
@pytest.mark.needs("evaluation_mode")
def test_evaluation(student, model, data):
    """The error is right, no graph is recorded, and the mode is put back."""
    expect.same(student.evaluate, model, *data)
    expect.unrecorded(student.evaluate, model, *data)


@pytest.mark.points(1)
def test_hidden(student, normal):
    """Without training nothing is dropped."""
    expect.deterministic(student.hidden, normal(N, INPUTS), normal(INPUTS, HIDDEN), False)
    expect.same(student.hidden, normal(N, INPUTS), normal(INPUTS, HIDDEN), False)


@pytest.mark.points(1)
def test_fit_one_epoch(student, reference, model, data):
    """One epoch trains, and then measures."""
    twin = copy.deepcopy(model).eval()
    wanted = reference.fit(twin, descent(twin), *data, 0)

    expect.modes(student.fit, model, descent(model), *data, 1)
    expect.history(student.fit(model, descent(model), *data, 0), wanted)


@pytest.mark.points(1)
@pytest.mark.needs("fit_one_epoch")
def test_fit_epochs(student, model, data):
    """Further epochs train in training mode again."""
    expect.modes(student.fit, model, descent(model), *data, 3)


@pytest.mark.points(1)
def test_epoch(student, reference, plain, normal):
    """There is a step for each batch."""
    X, y, twin = normal(8, INPUTS), normal(8, OUTPUTS), copy.deepcopy(plain)
    reference.epoch(twin, descent(twin), X, y, 4)
    student.epoch(plain, descent(plain), X, y, 4)

    expect.parameters(plain, twin)


@pytest.mark.points(1)
@pytest.mark.needs("epoch")
def test_epoch_with_one_left(student, reference, data):
    """A last batch of one example is left out."""
    model = nn.Sequential(nn.Linear(INPUTS, OUTPUTS), nn.BatchNorm1d(OUTPUTS))
    twin = copy.deepcopy(model)
    reference.epoch(twin, descent(twin), *data, 4)
    student.epoch(model, descent(model), *data, 4)

    expect.parameters(model, twin)


@pytest.mark.points(1)
def test_fine_tune(student, reference, plain, data, normal):
    """The new head is trained, and what is below it."""
    head = filled(nn.Linear(HIDDEN, OUTPUTS), normal)
    twin, other = copy.deepcopy(plain), copy.deepcopy(head)
    reference.fine_tune(twin, other, *data, LR)
    student.fine_tune(plain, head, *data, LR)

    expect.parameters(plain[0], twin[0])
    expect.parameters(head, other)


@pytest.mark.points(1)
def test_state(student, plain, data):
    """The state is that of the model."""
    state = student.checkpoint(plain, descent(plain), *data, 0)

    for name, wanted in plain.state_dict().items():
        expect.close(state[name], wanted, name=f"the kept {name}")


@pytest.mark.points(1)
@pytest.mark.needs("state")
def test_checkpoint(student, plain, data):
    """The state stays what it was while the model is trained."""
    before = copy.deepcopy(plain.state_dict())
    state = student.checkpoint(plain, descent(plain), *data, 3)

    for name, wanted in before.items():
        expect.close(state[name], wanted, name=f"the kept {name}")


@pytest.mark.points(1)
def test_predictions(student, plain, data):
    """The outputs are the model's."""
    expect.same(student.predictions, plain, data[0])


@pytest.mark.points(1)
@pytest.mark.needs("predictions")
def test_model_is_called(student, plain, data):
    """The model is called, so that its hooks run."""
    expect.calls_module(student.predictions, plain, data[0])


@pytest.mark.points(1)
def test_noise(student, normal):
    """The noise has the size that is asked for."""
    x = normal(10_007)
    noise = expect.tensor(student.noisy(x, 3.0), shape=(10_007,)) - x

    expect.number(float(noise.std()), 3.0, atol=0.2, name="the deviation of the noise")


@pytest.mark.points(1)
@pytest.mark.needs("noise")
def test_noise_is_another_one(student, normal):
    """The seed is left alone, so that each call draws other noise."""
    x = normal(N, INPUTS)

    expect.settings(student.noisy, x, 1.0)
    assert not torch.equal(student.noisy(x, 1.0), student.noisy(x, 1.0)), (
        "two calls add the same noise"
    )


@pytest.mark.points(1)
def test_orders(student):
    """Each order has every example once."""
    for order in student.orders(50, 3):
        whole = expect.tensor(order, shape=(50,), dtype=torch.int64)
        expect.close(whole.sort().values, torch.arange(50))


@pytest.mark.points(1)
@pytest.mark.needs("orders")
def test_orders_differ(student):
    """Each epoch has another order."""
    orders = student.orders(50, 3)

    assert len({tuple(order.tolist()) for order in orders}) == 3, "some epochs have the same order"
