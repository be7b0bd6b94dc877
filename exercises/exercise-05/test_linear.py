"""Visible checks of exercise 05, nn.Linear: the layer, one small product, one small count."""

import pytest
import torch
from torch import nn

from grader import expect


@pytest.mark.points(1)
def test_feed_forward(student):
    """The layer has a float32 weight of shape (3072, 768) and a bias of shape (3072,)."""
    layer = expect.module(student.feed_forward(), nn.Linear)

    expect.tensor(layer.weight, shape=(3072, 768), dtype=torch.float32, name="the weight")
    expect.tensor(layer.bias, shape=(3072,), dtype=torch.float32, name="the bias")


@pytest.mark.points(1)
def test_linear(student, device):
    """Three features become two: x times the transposed weight, plus the bias."""
    x = torch.tensor([1.0, 2.0, 3.0], device=device)
    weight = torch.tensor([[1.0, 0.0, -1.0], [2.0, 1.0, 0.5]], device=device)
    bias = torch.tensor([10.0, 20.0], device=device)

    expect.close(student.linear(x, weight, bias), torch.tensor([8.0, 25.5], device=device))


@pytest.mark.points(1)
def test_parameter_count(student):
    """A layer from three to two features has 2·3 weights and 2 biases: 8 parameters."""
    expect.equal(student.parameter_count(nn.Linear(3, 2)), 8)
