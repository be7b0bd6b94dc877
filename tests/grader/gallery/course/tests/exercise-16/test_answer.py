"""Checks of attention."""

import pytest
import torch

from grader import expect

N, T, S, D, V = 2, 5, 7, 4, 3


@pytest.fixture
def given(normal):
    """Queries, keys and values."""
    return normal(N, T, D), normal(N, S, D), normal(N, S, V)


@pytest.mark.points(1)
def test_attention(student, given):
    """Without a mask each query averages over all keys."""
    expect.same(student.attention, *given)


@pytest.mark.points(1)
@pytest.mark.needs("attention")
def test_causal(student, normal):
    """With a mask of the past nothing depends on what comes later."""
    x = normal(N, T, D)
    visible = torch.ones(N, T, T, dtype=torch.bool).tril()

    expect.causal(lambda x: student.attention(x, x, x, visible), x)


@pytest.mark.points(1)
@pytest.mark.needs("causal")
def test_weights(student, given):
    """The weights of the keys that are seen sum to one."""
    visible = torch.ones(N, T, S, dtype=torch.bool).tril()

    expect.averages(lambda *qkv: student.attention(*qkv, visible), *given, argument=2)
    expect.same(student.attention, *given, visible)


@pytest.mark.points(1)
@pytest.mark.needs("weights")
def test_hidden_row(student, given):
    """A query that sees nothing gives zeros."""
    visible = torch.ones(N, T, S, dtype=torch.bool).tril()
    visible[0, 1] = False

    expect.same(student.attention, *given, visible)
