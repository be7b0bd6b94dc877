"""Checks of sequences and images."""

import pytest
import torch
from torch import nn

from grader import expect

N, T, D, WORDS = 3, 5, 4, 7
# Random tokens of a short text can be predicted a little better than by guessing, not by half.
NOISE = 0.5


@pytest.mark.points(1)
def test_next_token_loss(student, normal, integers):
    """The loss is that of predicting the next token."""
    expect.same(student.next_token_loss, normal(N, T, WORDS), integers(0, WORDS, (N, T)))


@pytest.mark.points(1)
def test_noise_cannot_be_predicted(student, integers):
    """On random tokens no model does much better than guessing."""
    model, tokens = nn.Embedding(WORDS, WORDS), integers(0, WORDS, (40, 11))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.3)
    for _ in range(25):
        optimizer.zero_grad()
        loss = student.next_token_loss(model(tokens), tokens)
        loss.backward()
        optimizer.step()

    expect.above(loss, expect.guessing(WORDS), share=NOISE)


@pytest.mark.points(1)
def test_order_matters(student, normal, integers):
    """Another order of the tokens gives more than another order of the results."""
    tokens = torch.arange(T).expand(N, T)

    expect.ordered(student.encode, tokens, normal(WORDS, D), normal(T, D))


@pytest.mark.points(1)
@pytest.mark.needs("order_matters")
def test_encode(student, normal, integers):
    """Words and positions are added."""
    expect.same(student.encode, integers(0, WORDS, (N, T)), normal(WORDS, D), normal(T, D))


@pytest.mark.points(1)
def test_embed(student):
    """Every token has a row, the highest too."""
    tokens = torch.tensor([[1, 3, 0], [7, 2, 7]])

    expect.tensor(student.embed(tokens, WORDS, D), shape=(2, 3, D))


@pytest.mark.points(1)
def test_convolve(student, normal):
    """The kernel slides as it is."""
    expect.same(student.convolve, normal(6, 7), normal(2, 3))
