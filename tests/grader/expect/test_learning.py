"""Learning: statistics without a unit, held against what has learned nothing."""

import copy
import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from grader import expect
from grader.errors import CourseError, Evidence
from grader.expect import learning
from grader.expect.learning import Observation

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def test_learned(refusal):
    """The error of a model is measured in shares of the variance of y."""
    X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    model = nn.Linear(1, 1)
    nn.init.constant_(model.weight, 2.0)
    nn.init.zeros_(model.bias)
    expect.learned(model, X, 2 * X, share=0.05)
    nn.init.zeros_(model.weight)
    nn.init.constant_(model.bias, 5.0)

    assert (
        refusal(expect.learned, model, X, 2 * X, share=0.05)
        == "The mean squared error is 100 % of the variance of y; at most 5 % is expected."
    )


def test_learned_refuses_a_model_that_diverged(refusal):
    """A model that predicts NaN is told that it diverged."""
    model = nn.Linear(1, 1)
    nn.init.constant_(model.weight, math.nan)

    assert (
        refusal(expect.learned, model, torch.ones(3, 1), torch.eye(3)[:, :1], share=0.05)
        == "The model predicts infinity or NaN: its training has diverged. "
        "Lower the learning rate, and clear the gradients in each step."
    )


# the hook


def line(slope):
    """A model from (n, 1) to (n, 1) without bias."""
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, slope)
    return model


X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])


def test_observing_collects_and_goes_on():
    """Whoever observes gets every statistic, and no threshold ends the check meanwhile."""
    with learning.observing() as seen:
        expect.learned(line(2.0), X, 2 * X, share=0.05)
        expect.learned(line(0.0), X, 2 * X, share=0.05)
        expect.below(0.5, 2.0, share=0.1)

    assert seen == [
        Observation("learned", 0.0, 0.05, "at most"),
        Observation("learned", 6.0, 0.05, "at most"),
        Observation("below", 0.25, 0.1, "at most"),
    ]
    assert [each.is_met for each in seen] == [True, False, False]


def test_observing_ends(refusal):
    """Afterwards thresholds hold again, and nobody is told."""
    with learning.observing() as seen:
        pass

    assert "at most 5 % is expected" in refusal(expect.learned, line(0.0), X, 2 * X, share=0.05)
    assert seen == []


def test_observing_within_observing():
    """The innermost observer is told."""
    with learning.observing() as outer, learning.observing() as inner:
        learning.observe("learned", 0.1, 0.05, "at most")

    assert (len(outer), len(inner)) == (0, 1)


def test_what_diverged_is_observed_as_a_miss():
    """A statistic that is no number is told as the infinity that misses."""
    with learning.observing() as seen:
        expect.learned(line(math.nan), X, 2 * X, share=0.05)
        expect.above(math.nan, 2.0)

    assert [each.statistic for each in seen] == [math.inf, -math.inf]
    assert not any(each.is_met for each in seen)


def test_observe_says_whether_to_go_on():
    """Unobserved, a check goes on where its threshold is kept; NaN keeps none."""
    observe = learning.observe

    assert observe("a", 0.05, 0.05, "at most")
    assert observe("a", 0.05, 0.05, "at least")
    assert not observe("a", 0.06, 0.05, "at most")
    assert not observe("a", 0.04, 0.05, "at least")
    assert not observe("a", math.nan, math.inf, "at most")
    assert not observe("a", math.nan, 0.0, "at least")


# floors


def test_guessing():
    """Guessing uniformly among C classes costs log C."""
    predictions = torch.zeros(5, 7)

    assert expect.guessing(7) == pytest.approx(
        float(nn.functional.cross_entropy(predictions, torch.arange(5)))
    )
    with pytest.raises(CourseError, match="guessing among 1 classes"):
        expect.guessing(1)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=30))
def test_constant_of_classes(classes):
    """No constant answer has a lower cross-entropy than the classes' own frequencies."""
    y = torch.tensor(classes)
    assume(len(set(classes)) > 1)
    counts = y.bincount(minlength=5).double()
    best = (counts / counts.sum()).log().clamp(min=-1e6).expand(len(y), 5)

    assert expect.constant(y) == pytest.approx(float(nn.functional.cross_entropy(best, y)))


def test_constant_of_numbers():
    """The best constant answer to numbers is their mean, and costs their variance."""
    y = torch.tensor([1.0, 2.0, 6.0])

    assert expect.constant(y) == pytest.approx(14 / 3)
    assert expect.constant(torch.tensor([True, False])) == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    "y", [torch.ones(3), torch.ones(3).long(), torch.empty(0), torch.ones(2, dtype=torch.complex64)]
)
def test_constant_of_what_has_none(y):
    """Where a constant answer is perfect, or none is best, nothing can be held against it."""
    with pytest.raises(CourseError, match=r"(constant answer)"):
        expect.constant(y)


# learned, below and above


def test_learned_evidence(refused):
    """The statistic and its threshold are kept."""
    assert refused(expect.learned, line(0.0), X, 2 * X, share=0.05).evidence == Evidence(
        "learning", "the model", "600 %", "at most 5 %", "", off=6.0, allowed=0.05
    )
    diverged = refused(expect.learned, line(math.nan), X, 2 * X, share=0.05).evidence
    assert diverged == Evidence("finite", "the model", "infinity or NaN")


def test_learned_never_broadcasts(refusal):
    """Predictions of another shape are refused before they are compared."""
    flat = nn.Flatten(0)

    assert refusal(expect.learned, nn.Sequential(line(2.0), flat), X, 2 * X, share=0.05) == (
        "The prediction has shape (4,); shape (4, 1) is expected."
    )


def test_learned_far_off(refusal):
    """A model that has run away is told by its order of magnitude, not by forty digits."""
    assert refusal(expect.learned, line(1e18), X, 2 * X, share=0.05) == (
        "The mean squared error is 1.5e+38 % of the variance of y; at most 5 % is expected."
    )


def test_learned_under_several_seeds(refusal):
    """What trains is called once for each seed; every model has to have learned."""
    slopes = [2.0, 0.0, 2.0]
    expect.learned(lambda: line(2.0), X, 2 * X, share=0.05, seeds=3)

    assert refusal(expect.learned, lambda: line(slopes.pop()), X, 2 * X, share=0.05, seeds=3) == (
        "The mean squared error is 600 % of the variance of y in run 2 of 3; "
        "at most 5 % is expected."
    )
    assert slopes == [2.0]


def test_seeds_differ_and_leave_no_trace():
    """Each run draws other numbers, the same in every attempt; the check's own go on."""
    torch.manual_seed(7)
    drawn = []

    def train():
        drawn.append(float(torch.rand(())))
        return line(2.0)

    expect.learned(train, X, 2 * X, share=0.05, seeds=3)
    after = torch.rand(())
    torch.manual_seed(7)

    assert len(set(drawn)) == 3
    assert torch.equal(torch.rand(()), after)
    torch.manual_seed(7)
    expect.learned(train, X, 2 * X, share=0.05, seeds=3)
    assert drawn[3:] == drawn[:3]


def test_seeds_need_something_to_train():
    """A model that is trained already cannot be trained under other seeds."""
    with pytest.raises(CourseError, match="3 seeds are asked for and the training is over"):
        expect.learned(line(2.0), X, 2 * X, share=0.05, seeds=3)


def test_below(refused):
    """A loss has to be a share of what nothing learned would have."""
    expect.below(0.5, 2.0, share=0.25)
    expect.below(torch.tensor(0.5), 2.0)
    mismatch = refused(expect.below, 2.2, expect.guessing(10), share=0.5, name="the last loss")

    assert str(mismatch) == (
        "The last loss is 96 % of what a model says that has learned nothing; "
        "at most 50 % is expected."
    )
    assert mismatch.evidence == Evidence(
        "learning", "the last loss", "96 %", "at most 50 %", "", off=0.96, allowed=0.5
    )


def test_below_refuses_what_is_no_number(refusal):
    """NaN, infinity, text, lists and tensors of several numbers are no loss."""
    assert refusal(expect.below, math.nan, 2.0) == "The loss is nan; a finite number is expected."
    assert refusal(expect.below, -math.inf, 2.0) == "The loss is -inf; a finite number is expected."
    assert refusal(expect.below, [0.5], 2.0) == "The loss is a list; a number is expected."
    assert refusal(expect.below, True, 2.0) == "The loss is a bool; a number is expected."
    assert refusal(expect.below, torch.ones(2), 2.0) == (
        "The loss has shape (2,); shape () is expected."
    )


def test_below_needs_a_floor():
    """A floor of 0 or NaN is the check's fault."""
    for floor in (0.0, math.nan, -1.0):
        with pytest.raises(CourseError, match="it has to be above 0"):
            expect.below(0.5, floor)


def test_above(refusal):
    """On noise a loss far below what can be known has seen the answer."""
    expect.above(2.75, expect.guessing(16), share=0.9)

    assert refusal(expect.above, 0.002, expect.guessing(16), share=0.9) == (
        "The loss is 0.072 % of what a model says that has learned nothing; "
        "at least 90 % is expected."
    )
    assert refusal(expect.above, math.inf, 2.0) == "The loss is inf; a finite number is expected."


# beats and memorizes


def test_beats(refusal):
    """A trained model is held against one that is not."""
    expect.beats(line(0.0), line(1.9), X, 2 * X, share=0.05)
    expect.beats(lambda: line(0.0), lambda: line(1.9), X, 2 * X, share=0.05, seeds=2)

    assert refusal(expect.beats, line(0.0), line(1.0), X, 2 * X, share=0.05) == (
        "The loss after training is 25 % of that without training; at most 5 % is expected."
    )
    assert "in run 1 of 2" in refusal(
        expect.beats, lambda: line(0.0), lambda: line(0.0), X, 2 * X, share=0.5, seeds=2
    )
    assert "has diverged" in refusal(expect.beats, line(0.0), line(math.inf), X, 2 * X, share=0.05)


def test_beats_takes_a_loss():
    """Another loss is used as it is given; of classes the default is the cross-entropy."""
    logits = nn.Linear(2, 2, bias=False)
    nn.init.zeros_(logits.weight)
    better = nn.Linear(2, 2, bias=False)
    nn.init.eye_(better.weight)
    inputs, classes = 9 * torch.eye(2), torch.tensor([0, 1])

    expect.beats(logits, better, inputs, classes, share=0.001)
    expect.beats(line(0.0), line(1.0), X, 2 * X, share=0.51, loss=nn.functional.l1_loss)


def test_beats_needs_a_control_with_a_loss():
    """A control that is right already cannot be beaten."""
    with pytest.raises(CourseError, match="the control's loss is 0, which nothing"):
        expect.beats(line(2.0), line(2.0), X, 2 * X, share=0.5)


def fitting(steps, lr=0.05):
    """Train a model in place on the data of these tests."""

    def train(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        for _ in range(steps):
            optimizer.zero_grad()
            ((model(X) - 2 * X) ** 2).mean().backward()
            optimizer.step()

    return train


def test_memorizes(refused):
    """Training that cannot fit a handful of examples does not learn."""
    expect.memorizes(fitting(50), line(0.0), X, 2 * X, share=0.01)
    expect.memorizes(fitting(50), lambda: line(0.0), X, 2 * X, share=0.01, seeds=2)
    mismatch = refused(expect.memorizes, fitting(0), line(1.0), X, 2 * X, share=0.01)

    assert str(mismatch) == (
        "After training on one batch its loss is 150 % of that of the best constant answer; "
        "at most 1 % is expected."
    )
    assert mismatch.evidence.asked == "learning"


def test_memorizes_a_returned_copy(refusal):
    """A copy that is trained leaves the caller's model as it was."""

    def copying(model):
        fitting(50)(copy.deepcopy(model))

    assert "After training on one batch its loss is 150 %" in refusal(
        expect.memorizes, copying, line(1.0), X, 2 * X, share=0.01
    )


def test_memorizes_classes():
    """Classes are held against the entropy of their frequencies."""
    inputs, classes = torch.eye(3), torch.tensor([0, 1, 1])

    def train(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=5.0)
        for _ in range(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), classes).backward()
            optimizer.step()

    expect.memorizes(train, nn.Linear(3, 2), inputs, classes, share=0.02)


def test_learning_refuses_what_is_no_model(refusal):
    """What trains has to return a model."""
    assert refusal(expect.learned, lambda: 3, X, 2 * X, share=0.05) == (
        "The result is an int; an nn.Module is expected."
    )
