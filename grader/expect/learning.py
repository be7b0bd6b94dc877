"""Expectations on what training has achieved, in numbers that have no unit.

A loss says little by itself. Held against what a model says that has learned nothing (guessing, the
best constant answer, the model before training) it becomes a share, and a threshold on that share
can be chosen from how it spreads over many seeds. So every expectation here reports its statistic
and its threshold to whoever listens:

    with learning.observing() as seen:
        check()        # goes on past a threshold that is missed
    seen               # Observation("learned", 0.0013, 0.05, "at most"), ...
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from grader.errors import CourseError
from grader.expect.arguments import fresh
from grader.expect.floors import constant
from grader.expect.modules import module
from grader.expect.values import tensor
from grader.expect.wording import kind, mismatch, sentence

Direction = Literal["at most", "at least"]
# A trained model, or what trains one: it is called once for each seed.
Trained = nn.Module | Callable[[], object]
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

_DIVERGED = (
    "The model predicts infinity or NaN: its training has diverged. "
    "Lower the learning rate, and clear the gradients in each step."
)


# Telling the statistic


@dataclass(frozen=True)
class Observation:
    """One statistic that an expectation has computed, and what it is held against.

    `name` is the expectation's, "learned". A `statistic` that is no number, as after training that
    diverged, is told as the infinity that misses the threshold.
    """

    name: str
    statistic: float
    threshold: float
    direction: Direction

    @property
    def is_met(self) -> bool:
        """Whether the statistic keeps to the threshold."""
        if self.direction == "at most":
            return self.statistic <= self.threshold
        return self.statistic >= self.threshold


_SEEN: ContextVar[list[Observation] | None] = ContextVar("observations", default=None)


@contextmanager
def observing() -> Iterator[list[Observation]]:
    """Collect what learning expectations measure; meanwhile none of them refuses a threshold."""
    seen: list[Observation] = []
    token = _SEEN.set(seen)
    try:
        yield seen
    finally:
        _SEEN.reset(token)


def observe(name: str, statistic: float, threshold: float, direction: Direction) -> bool:
    """Report a statistic, and say whether the check goes on.

    Returns:
        True where the threshold is kept, and always while somebody is observing.
    """
    seen, is_number = _SEEN.get(), not math.isnan(statistic)
    if not is_number:
        statistic = math.inf if direction == "at most" else -math.inf
    observation = Observation(name, statistic, threshold, direction)
    if seen is not None:
        seen.append(observation)
    return seen is not None or (is_number and observation.is_met)


# Expectations


def learned(model: Trained, X: torch.Tensor, y: torch.Tensor, *, share: float, seeds: int = 1) -> None:  # noqa: N803, E501  # fmt: skip
    """Expect a model whose mean squared error is a small share of the variance of y.

    The variance is the error of the best constant answer, so the measure has no unit: 1 is a model
    that has learned nothing but the mean.

    Args:
        model: from X to predictions in the shape of y; or what trains one and returns it.
        X: inputs, (n, in).
        y: what they belong to, (n, out), floating.
        share: the largest share that is still called learned.
        seeds: how many models have to be trained, each under a seed of its own.

    Raises:
        Mismatch: predictions have another shape, they are infinite, or the error is larger.
    """
    variance = constant(y)
    for run, trained in _runs(model, seeds):
        error = _loss_of(trained, X, y, _squared_error) / variance
        text = (
            f"The mean squared error is {_percent(error)} of the variance of y{run}; "
            f"at most {_percent(share)} is expected."
        )
        _hold("learned", error, share, text)


def below(
    loss: object | Callable[[], object],
    floor: float,
    *,
    share: float = 1.0,
    seeds: int = 1,
    name: str = "the loss",
) -> None:
    """Expect a loss below what a model says that has learned nothing.

    Args:
        loss: a Python number or a tensor of one number; or what trains and returns one.
        floor: above 0: `guessing(C)`, `constant(y)`, or a number of the author's.
        share: how much of the floor the loss may be. With 1 any model that is a hair better
            passes.
        seeds: how many losses are asked for, each under a seed of its own.
        name: what the sentence calls the loss.

    Raises:
        Mismatch: it is no number, or a larger one.
    """
    _held_against(loss, floor, share=share, seeds=seeds, name=name, direction="at most")


def above(
    loss: object | Callable[[], object],
    floor: float,
    *,
    share: float = 1.0,
    seeds: int = 1,
    name: str = "the loss",
) -> None:
    """Expect a loss that is not below what can be known: on noise, a lower one has seen the answer.

    Args:
        loss: a Python number or a tensor of one number; or what trains and returns one.
        floor: above 0, as of `below`.
        share: how much of the floor the loss has to be.
        seeds: how many losses are asked for, each under a seed of its own.
        name: what the sentence calls the loss.

    Raises:
        Mismatch: it is no number, or a smaller one.
    """
    _held_against(loss, floor, share=share, seeds=seeds, name=name, direction="at least")


def beats(
    control: Trained,
    trained: Trained,
    X: torch.Tensor,  # noqa: N803
    y: torch.Tensor,
    *,
    share: float,
    loss: Loss | None = None,
    seeds: int = 1,
) -> None:
    """Expect a trained model to do better than its control, which was not trained.

    Args:
        control: the model before training, as a deep copy; or what returns one.
        trained: the model after it; or what trains one and returns it.
        X: inputs, (n, ...).
        y: what they belong to, (n, ...).
        share: how much of the control's loss the trained model's may be, below 1.
        loss: from predictions and y to a tensor of one number; by default the mean squared error.
        seeds: how many pairs are compared, each under a seed of its own.

    Raises:
        Mismatch: its loss is a larger share, or no number.
    """
    for (run, ours), (_, theirs) in zip(_runs(control, seeds), _runs(trained, seeds), strict=True):
        before, after = _loss_of(ours, X, y, loss), _loss_of(theirs, X, y, loss)
        if not before > 0:
            raise CourseError(f"the control's loss is {before:g}, which nothing can improve on.")
        part = after / before
        text = (
            f"The loss after training is {_percent(part)} of that without training{run}; "
            f"at most {_percent(share)} is expected."
        )
        _hold("beats", part, share, text)


def memorizes(
    train: Callable[[nn.Module], object],
    model: Trained,
    X: torch.Tensor,  # noqa: N803
    y: torch.Tensor,
    *,
    share: float,
    loss: Loss | None = None,
    seeds: int = 1,
) -> None:
    """Expect training to learn one small batch by heart.

    A loop that cannot overfit a handful of examples does not learn at all, whatever the data. The
    loss is held against the best constant answer, which needs no inputs.

    Args:
        train: trains the model that it is given, in place, on this batch.
        model: the model to train; or what makes one.
        X: inputs, (n, ...), all different.
        y: what they belong to: (n, ...) floating, or (n,) whole numbers that are classes.
        share: how much of the best constant answer's loss may remain.
        loss: from predictions and y to a tensor of one number; by default the mean squared error,
            or for classes the cross-entropy.
        seeds: how many times it is trained, each under a seed of its own.

    Raises:
        Mismatch: more remains.
    """
    floor = constant(y)
    for run, made in _runs(model, seeds):
        train(made)
        remains = _loss_of(made, X, y, loss) / floor
        text = (
            f"After training on one batch its loss is {_percent(remains)} of that of the best "
            f"constant answer{run}; at most {_percent(share)} is expected."
        )
        _hold("memorizes", remains, share, text)


def _held_against(
    loss: object, floor: float, *, share: float, seeds: int, name: str, direction: Direction
) -> None:
    expectation = "below" if direction == "at most" else "above"
    if not floor > 0:
        raise CourseError(f"a floor of {floor:g} divides nothing; it has to be above 0.")
    for run, got in _trials(loss, seeds):
        number = _one_number(got, name)
        part = number / floor if math.isfinite(number) else math.nan
        text = (
            f"{sentence(name)} is {_percent(part)} of what a model says that has learned "
            f"nothing{run}; {direction} {_percent(share)} is expected."
        )
        lost = f"{sentence(name)} is {number}{run}; a finite number is expected."
        _hold(expectation, part, share, text, subject=name, direction=direction, lost=lost)


def _hold(
    expectation: str,
    statistic: float,
    threshold: float,
    text: str,
    *,
    subject: str = "the model",
    direction: Direction = "at most",
    lost: str = _DIVERGED,
) -> None:
    """Report a statistic; refuse one that misses its threshold, or that is no number, as `lost`."""
    if observe(expectation, statistic, threshold, direction):
        return
    if not math.isfinite(statistic):
        raise mismatch(lost, "finite", subject, got="infinity or NaN")
    wanted = f"{direction} {_percent(threshold)}"
    raise mismatch(
        text,
        "learning",
        subject,
        got=_percent(statistic),
        wanted=wanted,
        off=statistic,
        allowed=threshold,
    )


# One run for each seed


def _trials(thing: object, seeds: int) -> Iterator[tuple[str, object]]:
    """Give each run's thing, after " in run 2 of 3", or "" where there is one run.

    In each run torch's generator on this side starts from another seed; the student's process
    draws on, so that its runs differ as well.
    """
    if not callable(thing) or isinstance(thing, nn.Module):
        if seeds != 1:
            raise CourseError(
                f"{seeds} seeds are asked for and the training is over; hand over a function "
                "without arguments that trains and returns, as lambda: student.fit(X, y)."
            )
        yield "", thing
        return
    first = torch.initial_seed()
    for run in range(seeds):
        with torch.random.fork_rng(devices=[]):
            if run:
                torch.manual_seed((first + run) % 2**63)
            made = thing()
        yield (f" in run {run + 1} of {seeds}" if seeds > 1 else ""), made


def _runs(model: Trained, seeds: int) -> Iterator[tuple[str, nn.Module]]:
    for run, made in _trials(model, seeds):
        yield run, module(made, nn.Module)


# Numbers


def _loss_of(model: nn.Module, X: torch.Tensor, y: torch.Tensor, loss: Loss | None) -> float:  # noqa: N803
    """Measure a model's loss; NaN where it predicts infinity or NaN."""
    if loss is None:
        loss = _squared_error if y.is_floating_point() else _cross_entropy
    with torch.no_grad():
        predicted = model(fresh(X))
        if loss is _squared_error:
            tensor(predicted, shape=tuple(y.shape), dtype=y.dtype, name="the prediction")
        answer = tensor(predicted, name="the prediction")
        if not answer.isfinite().all():
            return math.nan
        return float(loss(_wide(answer), _wide(y)))


def _wide(values: torch.Tensor) -> torch.Tensor:
    return values.double() if values.is_floating_point() else values


def _squared_error(predicted: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (predicted - y).square().mean()


def _cross_entropy(predicted: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return nn.functional.cross_entropy(predicted, y.long())


def _one_number(got: object, name: str) -> float:
    """Read a loss: a Python number, or a plain tensor of one."""
    if type(got) in (float, int):
        assert isinstance(got, float | int)
        return float(got)
    if isinstance(got, torch.Tensor):
        return float(tensor(got, shape=(), name=name).detach())
    raise mismatch(
        f"{sentence(name)} is {kind(got, name)}; a number is expected.",
        "type",
        name,
        got=kind(got, name),
        wanted="a number",
    )


def _percent(share: float) -> str:
    """Write a share: "0.03 %", "5 %", "613 %"; with an exponent only where nobody counts digits."""
    text = f"{100 * share:.0f}" if 0.1 <= share < 1000 else f"{100 * share:.2g}"
    return f"{text} %"
