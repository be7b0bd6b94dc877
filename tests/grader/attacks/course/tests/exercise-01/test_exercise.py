"""Hidden checks of the attacked course, with secrets that no report may ever show."""

import copy

import pytest
import torch
from torch import nn

from grader import expect

CANARY = "CANARY-3fb07c6e11d84a25"
CANARY_NUMBER = 60221.40761

M, N = 5, 3  # different: a swapped axis cannot hide
STEPS, LR = 4, 0.1


@pytest.fixture
def line(normal):
    """Slopes, inputs and truths, (N,) each."""
    return normal(N), normal(N), normal(N)


@pytest.fixture
def model(normal):
    """A model whose start the seed decides."""
    model = nn.Linear(N, 1)
    with torch.no_grad():
        model.weight.copy_(normal(1, N))
        model.bias.copy_(normal(1))
    return model


@pytest.fixture
def data(normal):
    """Inputs (M, N) and truths (M, 1)."""
    return normal(M, N), normal(M, 1)


@pytest.mark.points(1)
def test_make_vector(student):
    """make_vector() gives 1, 2, 3."""
    expected, canary = torch.tensor([1.0, 2.0, 3.0]), f"{CANARY} {CANARY_NUMBER}"
    expect.close(student.make_vector(), expected)
    del canary  # until here it lay in this frame, beside the expected value


@pytest.mark.points(1)
def test_matvec(student, normal):
    """matvec() is the product, for a tall matrix and for a wide one."""
    expect.same(student.matvec, normal(M, N), normal(N))
    expect.same(student.matvec, normal(N, M), normal(M))


@pytest.mark.points(1)
@pytest.mark.needs("matvec")
def test_matvec_gradients(student, normal):
    """Gradients reach the matrix and the vector."""
    expect.gradients(student.matvec, normal(M, N), normal(N))


@pytest.mark.points(1)
def test_loss_fn(student, line):
    """loss_fn() squares each error, and leaves its arguments alone."""
    expect.same(student.loss_fn, *line)
    expect.unchanged(student.loss_fn, *line)


@pytest.mark.points(1)
@pytest.mark.needs("loss_fn")
def test_loss_fn_gradients(student, line):
    """Gradients reach slopes, inputs and truths."""
    expect.gradients(student.loss_fn, *line)


@pytest.mark.points(1)
def test_train(student, reference, model, data):
    """train() tells the loss before each step."""
    losses = reference.train(copy.deepcopy(model), *data, STEPS, LR)

    expect.history(student.train(model, *data, STEPS, LR), losses)


@pytest.mark.points(1)
def test_train_parameters(student, reference, model, data):
    """train() moves the parameters to where gradient descent brings them."""
    X, y = data
    twin = copy.deepcopy(model)
    reference.train(twin, X, y, STEPS, LR)
    student.train(model, X.clone(), y.clone(), STEPS, LR)

    expect.parameters(model, twin)


@pytest.mark.points(1)
@pytest.mark.needs("train")
def test_train_no_steps(student, model, data):
    """Without a step there is no loss to tell."""
    expect.equal(student.train(model, *data, 0, LR), [])


@pytest.mark.points(1)
def test_build_ff_width(student, normal):
    """Whatever build_ff() gives, it maps 768 features to 3072."""
    # Called without a look at its class, as a check may: what comes back can be anything.
    expect.tensor(student.build_ff()(normal(M, 768)), shape=(M, 3072))


@pytest.mark.points(1)
def test_build_ff(student):
    """build_ff() gives an nn.Linear with a weight and a bias of the right shape."""
    layer = expect.module(student.build_ff(), nn.Linear)
    expect.tensor(layer.weight, shape=(3072, 768), dtype=torch.float32)
    expect.tensor(layer.bias, shape=(3072,), dtype=torch.float32)


@pytest.mark.points(1)
@pytest.mark.needs("build_ff")
def test_build_ff_forward(student, normal):
    """The layer is not constant, and answers as its weight and its bias say."""
    layer, x = student.build_ff(), normal(M, 768)
    answer = expect.tensor(layer(x), shape=(M, 3072), dtype=torch.float32)
    expect.equal(bool(answer.std(0).min() > 0), True, name="whether its answers differ")
    expect.close(answer.detach(), (x @ layer.weight.T + layer.bias).detach())
