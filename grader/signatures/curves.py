"""Guesses that a function was applied once too often, left out, or along another axis.

A function that hardly changes where it is applied, as a softmax with one large score, gives the
same for many arguments and bears no witness: such guesses are left out. Where the numbers are
logarithms of probabilities, a softmax is the exponential, and is told as that.
"""

import math
from collections.abc import Callable, Iterator

import torch

from grader.signatures.guess import APART, Guess, Pair, apart, distinct, is_round

Curve = Callable[[torch.Tensor], torch.Tensor]

# How many values have to differ from the right ones.
_WITNESSES = 3
# Of whole numbers there are few, so more of them have to agree.
_MANY = 8


def guesses(pair: Pair) -> list[Guess]:
    """Guess a function between the right answer and what came back."""
    got, want = pair.got, pair.want
    if pair.asked in ("gradient", "step") or pair.is_whole:
        return []
    if got.shape != want.shape or distinct(want) < 2:
        return []
    if _witnesses(pair) < _WITNESSES:
        return []
    return [*_applied(pair), *_left_out(pair), *_cut(pair), *_other_axis(pair)]


def shifts(pair: Pair) -> list[Guess]:
    """Guess that something was added to every value, or to every row."""
    got, want = pair.got, pair.want
    if got.shape != want.shape or distinct(want) < 3 or pair.is_whole:
        return []
    scale = max(float(want.abs().max()), float(got.abs().max()))
    off = got - want
    shift = off.mean()
    size = "larger" if float(shift) > 0 else "smaller"
    text = f"{pair.every} is {size} than the right one by the same number."
    found = [Guess("shifted", text, got, want + shift, scale)]
    if want.dim() >= 2 and want.shape[-1] > 1 and want[..., 0].numel() >= _WITNESSES:
        row = off.reshape(-1, want.shape[-1]).mean(0)
        if apart(row, row.mean().expand_as(row), pair.relative, scale) > APART:
            text = (
                f"{pair.the} is off by the same amounts in every row: something that is added to "
                "each row, as a bias is, is missing, or is not the right one."
            )
            found.append(Guess("row_shifted", text, got, want + row, scale))
    return found


def _witnesses(pair: Pair) -> int:
    """Count the values that are not the right ones, and that a guess has to explain."""
    scale = float(pair.want.abs().max())
    allowed = APART * pair.relative * (pair.want.abs() + scale * 1e-2)
    return int(((pair.got - pair.want).abs() > allowed).sum())


def _applied(pair: Pair) -> Iterator[Guess]:
    got, want = pair.got, pair.want
    for axis in range(want.dim()):
        if want.shape[axis] > 1:
            softmax, log_softmax = _softmax(axis), _log_softmax(axis)
            text = f"{pair.the} has gone through a softmax over axis {axis} once too often."
            if not _sums_to_one(want.exp(), axis, pair):
                yield from _steep("softmax", text, got, want, softmax, pair=pair)
            text = f"{pair.the} has gone through a log-softmax over axis {axis} once too often."
            yield from _steep("log_softmax", text, got, want, log_softmax, pair=pair)
    for name, words, curve in (
        ("sigmoid", "the sigmoid of the right one", torch.sigmoid),
        ("tanh", "the tanh of the right one", torch.tanh),
        ("exp", "the exponential of the right one", torch.exp),
        ("square", "the square of the right one", torch.square),
        ("complement", "one minus the right one", lambda x: 1 - x),
        ("reciprocal", "one divided by the right one", torch.reciprocal),
    ):
        yield from _steep(name, f"{pair.every} is {words}.", got, want, curve, pair=pair)
    if bool((want < 0).any()) and bool((want > 0).any()):
        # Of negative numbers alone it is minus the right one, which has a name already.
        text = f"{pair.every} is the absolute value of the right one."
        yield from _steep("absolute", text, got, want, torch.abs, pair=pair)
        text = (
            f"{pair.the} has zeros where the right values are negative, as after a ReLU; "
            "the others are right."
        )
        yield from _steep("relu", text, got, want, torch.relu, pair=pair)
    if bool((want > 0).all()):
        text = f"{pair.every} is the logarithm of the right one."
        yield from _steep("log", text, got, want, torch.log, pair=pair)


def _left_out(pair: Pair) -> Iterator[Guess]:
    """Guess what would make the answer right."""
    got, want = pair.got, pair.want
    for axis in range(want.dim()):
        if want.shape[axis] > 1:
            softmax, log_softmax = _softmax(axis), _log_softmax(axis)
            text = f"A softmax over axis {axis} is missing: it would make {pair.subject} right."
            if not _sums_to_one(got.exp(), axis, pair):
                yield from _steep("softmax_missing", text, want, got, softmax, pair=pair)
            text = f"A log-softmax over axis {axis} is missing: it would make {pair.subject} right."
            yield from _steep("log_softmax_missing", text, want, got, log_softmax, pair=pair)
    text = f"A sigmoid is missing: it would make {pair.subject} right."
    yield from _steep("sigmoid_missing", text, want, got, torch.sigmoid, pair=pair)
    if bool((want >= 0).all()):
        text = f"The square is missing: {pair.subject} is right once it is squared."
        yield from _steep("root", text, want, got, torch.square, pair=pair)


def _softmax(axis: int) -> Curve:
    return lambda values: values.softmax(axis)


def _log_softmax(axis: int) -> Curve:
    return lambda values: values.log_softmax(axis)


def _steep(
    name: str, text: str, left: torch.Tensor, x: torch.Tensor, curve: Curve, *, pair: Pair
) -> Iterator[Guess]:
    """Guess a function, where another argument would have given another value."""
    right = curve(x)
    is_steep = apart(curve(1.1 * x), right, pair.relative) > APART
    if torch.isfinite(right).all() and is_steep and apart(right, x, pair.relative) > APART:
        yield Guess(name, text, left, right)


def _cut(pair: Pair) -> Iterator[Guess]:
    """Guess that the digits behind the point are gone."""
    got, want = pair.got, pair.want
    if want.numel() < _MANY or is_round(want):
        return
    for name, words, curve in (
        ("rounded", "is rounded to a whole number", torch.round),
        ("truncated", "has lost what stands behind the point", torch.trunc),
    ):
        right = curve(want)
        if distinct(right) >= _WITNESSES:
            yield Guess(name, f"{pair.every} {words}.", got, right)


def _other_axis(pair: Pair) -> Iterator[Guess]:
    """Guess a softmax over another axis: sums of one there, and the same scores behind both.

    Then the logarithms differ by one number for each row and one for each column.
    """
    got, want = pair.got, pair.want
    if want.dim() < 2 or not (bool((got > 0).all()) and bool((want > 0).all())):
        return
    ratio = got.log() - want.log()
    for right in range(want.dim()):
        for wrong in range(want.dim()):
            sizes = want.shape[right], want.shape[wrong]
            if right == wrong or min(sizes) < 2 or not _sums_to_one(want, right, pair):
                continue
            if not _sums_to_one(got, wrong, pair) or _sums_to_one(got, right, pair):
                continue
            rows, columns = ratio.mean(wrong, keepdim=True), ratio.mean(right, keepdim=True)
            both = rows + columns - ratio.mean((right, wrong), keepdim=True)
            text = (
                f"The softmax runs over axis {wrong}: there the values sum to one, and they should "
                f"over axis {right}."
            )
            yield Guess("softmax_axis", text, got, want * both.exp())


def _sums_to_one(values: torch.Tensor, axis: int, pair: Pair) -> bool:
    sums = values.sum(axis)
    return apart(sums, torch.ones_like(sums), pair.relative) <= math.sqrt(APART)
