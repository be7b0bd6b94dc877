"""Hidden checks of exercise 05, nn.Linear: batches, gradients, and what counts as a parameter."""

import pytest
from torch import nn

from grader import expect

B, T, INPUTS, OUTPUTS = 5, 7, 3, 2  # pairwise distinct: a swapped axis cannot hide


@pytest.fixture
def layer(normal):
    """The weight and the bias of a small layer."""
    return normal(OUTPUTS, INPUTS), normal(OUTPUTS)


@pytest.mark.points(2)
@pytest.mark.needs("linear")
def test_linear_batch(student, normal, layer):
    """Every example of a batch is mapped, whatever axes stand in front of the features."""
    expect.same(student.linear, normal(B, INPUTS), *layer)
    expect.same(student.linear, normal(B, T, INPUTS), *layer)
    expect.same(student.linear, normal(1, INPUTS), *layer)


@pytest.mark.points(2)
@pytest.mark.needs("linear_batch")
def test_linear_gradients(student, normal, layer):
    """Gradients reach x, weight and bias, in float32 and in float64."""
    expect.gradients(student.linear, normal(B, T, INPUTS), *layer)
    double = [tensor.double() for tensor in (normal(B, INPUTS), *layer)]
    expect.same(student.linear, *double)
    expect.gradients(student.linear, *double)


@pytest.mark.points(1)
@pytest.mark.needs("linear_batch")
def test_linear_arguments(student, normal, layer):
    """linear() leaves x, weight and bias as they were."""
    expect.unchanged(student.linear, normal(B, T, INPUTS), *layer)


@pytest.mark.points(1)
@pytest.mark.needs("parameter_count")
def test_frozen(student):
    """Frozen parameters and buffers are not counted, those of inner modules are."""
    model = nn.Sequential(nn.Linear(B, T), nn.BatchNorm1d(T), nn.Linear(T, INPUTS))
    model[0].weight.requires_grad_(False)

    expect.equal(student.parameter_count(model), T + 2 * T + T * INPUTS + INPUTS)


@pytest.mark.points(1)
@pytest.mark.needs("parameter_count")
def test_shared(student):
    """A parameter that two layers share is counted once."""
    model = nn.Sequential(nn.Embedding(T, INPUTS), nn.BatchNorm1d(INPUTS), nn.Linear(INPUTS, T))
    model[2].weight = model[0].weight

    expect.equal(student.parameter_count(model), T * INPUTS + 2 * INPUTS + T)
