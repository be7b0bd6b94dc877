"""Checks of what a model registers."""

import pytest
import torch
from torch import nn

from grader import expect

N, WIDTH, DEPTH = 5, 7, 3


@pytest.mark.points(2)
def test_registered(student, reference):
    """Layers, scale and shift are registered."""
    expect.surface(student.Network(WIDTH, DEPTH), reference.Network(WIDTH, DEPTH))


@pytest.mark.points(1)
@pytest.mark.needs("registered")
def test_forward(student, reference, normal):
    """The forward pass is right."""
    model, like = student.Network(WIDTH, DEPTH), reference.Network(WIDTH, DEPTH)
    model.load_state_dict(like.state_dict())
    x = normal(N, WIDTH)

    expect.close(model(x), like(x))


@pytest.mark.points(1)
@pytest.mark.needs("forward")
def test_moves(student, reference, normal):
    """The model can be saved, loaded and converted."""
    model, like = student.Network(WIDTH, DEPTH), reference.Network(WIDTH, DEPTH)
    fresh = student.Network(WIDTH, DEPTH)

    expect.surface(model, like, normal(N, WIDTH), fresh=fresh, meta=False)


@pytest.mark.points(1)
def test_half(student, reference):
    """The parameter is one, in bfloat16."""
    expect.surface(expect.module(student.half(WIDTH), nn.Module), reference.half(WIDTH))


@pytest.mark.points(1)
def test_shifted(student, normal):
    """A column of zeros is put before the others."""
    expect.same(student.shifted, normal(N, WIDTH))


@pytest.mark.points(1)
@pytest.mark.needs("shifted")
def test_shifted_elsewhere(student):
    """What is on another device stays there."""
    x = torch.ones(N, WIDTH, device="meta")

    expect.tensor(student.shifted(x), shape=(N, WIDTH), device=x.device)
