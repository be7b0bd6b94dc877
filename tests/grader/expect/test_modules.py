"""Modules: their class, and what their parameters hold."""

import torch
from torch import nn

from grader import expect

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def test_module(refusal):
    """A module is judged by its class."""
    layer = nn.Linear(3, 2)

    assert expect.module(layer, nn.Linear) is layer
    assert (
        refusal(expect.module, nn.Sequential(layer), nn.Linear)
        == "The result is a Sequential; an nn.Linear is expected."
    )
    assert (
        refusal(expect.module, A, nn.Linear) == "The result is a tensor; an nn.Linear is expected."
    )


def test_module_refuses_a_claimed_class(refusal):
    """An object that claims to be a layer is judged by its type."""

    class Claim:
        @property
        def __class__(self):
            return nn.Linear

    assert (
        refusal(expect.module, Claim(), nn.Linear)
        == "The result is a Claim; an nn.Linear is expected."
    )


def test_parameters(refusal):
    """Two models agree when every parameter does, and the first that differs is named."""
    one, other = nn.Linear(3, 2), nn.Linear(3, 2)
    other.load_state_dict(one.state_dict())
    expect.parameters(one, other)
    with torch.no_grad():
        other.bias[1] += 0.5

    assert refusal(expect.parameters, one, other, atol=1e-5) == (
        "The parameter bias is off by up to 0.5 (allowed 1e-05) in 1 of 2 values, first at [1]."
    )
    assert (
        refusal(expect.parameters, one, nn.Linear(3, 2, bias=False))
        == "The model has the parameters weight, bias; weight are expected."
    )
