"""Checks of steps and averages."""

import pytest
from torch import nn

from grader import expect

K, STEPS, LR, DECAY = 7, 3, 0.1, 0.5
N, INPUTS, HIDDEN, OUTPUTS = 11, 3, 5, 2
TIMES, WORDS, PADDING = 4, 6, 0


@pytest.mark.points(1)
def test_first_step(student, normal):
    """The first step of Adam is about as large as the learning rate."""
    expect.same(student.adamw, normal(K), [normal(K)], LR, 0.0)


@pytest.mark.points(1)
@pytest.mark.needs("first_step")
def test_several_steps(student, normal):
    """Further steps remember the gradients before."""
    expect.same(student.adamw, normal(K), [normal(K) for _ in range(STEPS)], LR, 0.0)


@pytest.mark.points(1)
@pytest.mark.needs("several_steps")
def test_decay(student, normal):
    """The weights decay, by themselves and first."""
    expect.same(student.adamw, normal(K), [normal(K) for _ in range(STEPS)], LR, DECAY)


@pytest.mark.points(1)
def test_equal_batches(student, normal):
    """Over batches of one size the loss is the mean."""
    batches = [(normal(5, INPUTS), normal(5, OUTPUTS)) for _ in range(3)]

    expect.same(student.epoch_loss, nn.Linear(INPUTS, OUTPUTS), batches)


@pytest.mark.points(1)
@pytest.mark.needs("equal_batches")
def test_ragged_batches(student, normal):
    """So it is where the last batch is smaller."""
    batches = [(normal(n, INPUTS), normal(n, OUTPUTS)) for n in (5, 5, 1)]

    expect.same(student.epoch_loss, nn.Linear(INPUTS, OUTPUTS), batches)


@pytest.mark.points(1)
def test_network(student, normal):
    """Predictions may be of either sign."""
    weights = normal(HIDDEN, INPUTS), normal(HIDDEN), normal(OUTPUTS, HIDDEN), normal(OUTPUTS)

    expect.same(student.network, normal(N, INPUTS), *weights)


@pytest.mark.points(1)
def test_dropout_in_evaluation(student, normal):
    """In evaluation nothing is changed."""
    x = normal(INPUTS, K)

    expect.close(student.dropout(x, 0.2, False), x)


@pytest.mark.points(1)
def test_dropout_drops(student, normal):
    """In training the share p is dropped."""
    out = expect.tensor(student.dropout(normal(100_003), 0.2, True), shape=(100_003,))

    expect.number(float((out == 0).float().mean()), 0.2, atol=0.01, name="the share of zeros")


@pytest.mark.points(1)
@pytest.mark.needs("dropout_drops")
def test_dropout_keeps_the_mean(student, normal):
    """What is kept is made larger, so that the mean stays."""
    x = normal(1003)
    out = expect.tensor(student.dropout(x, 0.2, True), shape=(1003,))
    kept = out != 0

    expect.close(out[kept], x[kept] / 0.8, name="what is kept")


@pytest.mark.points(1)
def test_running(student, normal):
    """The running statistics move a tenth of the way."""
    expect.same(student.running, normal(K), normal(K).square(), 2 * normal(N, K) + 1)


@pytest.mark.points(1)
def test_no_padding(student, normal, integers):
    """Without padding the loss is the mean over all positions."""
    scores, targets = normal(3, TIMES, WORDS), integers(1, WORDS, (3, TIMES))

    expect.same(student.token_loss, scores, targets, PADDING)


@pytest.mark.points(1)
@pytest.mark.needs("no_padding")
def test_padding(student, normal, integers):
    """Scores at padding do not count."""
    scores, targets = normal(3, TIMES, WORDS), integers(1, WORDS, (3, TIMES))
    targets[0, 2:] = targets[2, 1:] = PADDING

    expect.ignores(student.token_loss, scores, targets, PADDING, where=targets == PADDING)


@pytest.mark.points(1)
@pytest.mark.needs("padding")
def test_mean_without_padding(student, normal, integers):
    """The mean is that of the positions that are no padding."""
    scores, targets = normal(3, TIMES, WORDS), integers(1, WORDS, (3, TIMES))
    targets[0, 2:] = targets[2, 1:] = PADDING

    expect.same(student.token_loss, scores, targets, PADDING)
