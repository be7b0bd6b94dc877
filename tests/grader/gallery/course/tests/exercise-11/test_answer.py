"""Checks of the losses of a classifier."""

import pytest
import torch
from torch.nn.functional import one_hot

from grader import expect

N, INPUTS, CLASSES = 5, 3, 7
# A score so large that nothing is left of the loss.
SURE = 60.0


@pytest.mark.points(1)
def test_scores(student, normal):
    """The scores are those of a linear layer."""
    expect.same(student.scores, normal(N, INPUTS), normal(CLASSES, INPUTS), normal(CLASSES))


@pytest.mark.points(1)
def test_probabilities(student, normal):
    """The probabilities of an example sum to one."""
    expect.same(student.probabilities, normal(N, CLASSES))


@pytest.mark.points(1)
def test_loss(student, normal, integers):
    """The loss is the mean cross-entropy."""
    expect.same(student.loss, normal(N, CLASSES), integers(0, CLASSES, (N,)))


@pytest.mark.points(1)
def test_sure(student, integers):
    """Who is sure and right loses nothing."""
    labels = integers(0, CLASSES, (N,))

    expect.same(student.loss, SURE * one_hot(labels, CLASSES).float(), labels)


@pytest.mark.points(1)
def test_table(student, normal):
    """Labels of a table are understood, the highest among them."""
    column = torch.tensor([[1.0], [7.0], [3.0], [3.0], [6.0]])

    expect.same(student.loss_of_table, normal(N, CLASSES), column)


@pytest.mark.points(1)
def test_binary_loss(student, normal):
    """The binary loss is the mean binary cross-entropy."""
    expect.same(student.binary_loss, normal(N), torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0]))


@pytest.mark.points(1)
def test_binary_sure(student):
    """Who is sure of a positive example, and right, loses nothing."""
    expect.same(student.binary_loss, torch.full((N,), SURE), torch.ones(N))
