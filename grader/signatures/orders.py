"""Guesses that the right numbers are there, in another order or another shape.

All values have to be found again, and enough of them have to differ from each other: the places of
equal numbers cannot be told apart.
"""

from collections.abc import Iterator
from itertools import combinations

import torch

from grader.signatures.guess import Guess, Pair, apart, distinct

# Different values that are needed; more where they are whole numbers, which meet by chance.
_LEAST, _LEAST_WHOLE = 3, 4


def guesses(pair: Pair) -> list[Guess]:
    """Guess an order in which the right numbers come."""
    return list(_orders(pair)) if _can_tell(pair) else []


def vague(pair: Pair) -> list[Guess]:
    """Guess that the numbers are the right ones, in whatever places."""
    got, want = pair.got, pair.want
    if not _can_tell(pair) or distinct(want) < _LEAST_WHOLE or got.numel() != want.numel():
        return []
    if got.shape != want.shape:
        return []
    text = f"{pair.the} holds the right numbers, but not in the right places."
    return [Guess("other_places", text, _sorted(got), _sorted(want))]


def _can_tell(pair: Pair) -> bool:
    return distinct(pair.want) >= (_LEAST_WHOLE if pair.is_whole else _LEAST)


def _sorted(values: torch.Tensor) -> torch.Tensor:
    return values.flatten().sort().values


def _orders(pair: Pair) -> Iterator[Guess]:
    got, want = pair.got, pair.want
    axes = [axis for axis in range(want.dim()) if want.shape[axis] > 1]
    for left, right in combinations(axes, 2):
        swapped = want.transpose(left, right)
        text = f"{pair.the} is transposed: axis {left} and axis {right} have changed places."
        yield from _fitting(pair, "transposed", text, swapped)
        if want.shape[left] != want.shape[right]:
            text = (
                f"{pair.the} has the right shape and numbers, in the wrong places: view and "
                "reshape read on in order and do not swap axes; transpose and permute do."
            )
            yield from _fitting(pair, "view_as_transpose", text, swapped.reshape(want.shape))
    for axis in axes:
        text = f"{pair.the} is in reverse order along axis {axis}."
        yield from _fitting(pair, "reversed", text, want.flip(axis))
    if got.shape != want.shape:
        yield from _fitting(pair, *_reshaped(pair), want.reshape(-1))
        if len(axes) == 2 and got.dim() == 1:
            text = f"{pair.the} holds the right numbers in one row, read column by column."
            flat = want.transpose(*axes).reshape(-1)
            yield from _fitting(pair, "flattened_by_columns", text, flat)


def _reshaped(pair: Pair) -> tuple[str, str]:
    """Name the way in which the shape differs, for numbers that come in the right order."""
    got, want = tuple(pair.got.shape), tuple(pair.want.shape)
    form = f"its shape is {got}, not {want}"
    if [n for n in got if n > 1] == [n for n in want if n > 1]:
        if len(got) > len(want):
            return (
                "extra_axis",
                f"The numbers are right, with an axis of length 1 too many: {form}.",
            )
        if len(got) < len(want):
            return (
                "missing_axis",
                f"The numbers are right, but an axis of length 1 is gone: {form}.",
            )
    if len(got) == 1:
        return "flattened", f"The numbers are right, but they stand in one row: {form}."
    return "reshaped", f"The numbers are right and in the right order, but {form}."


def _fitting(pair: Pair, name: str, text: str, prediction: torch.Tensor) -> Iterator[Guess]:
    """Guess an order if it is not the right one itself, and if its shape is what came back."""
    if name in ("extra_axis", "missing_axis", "flattened", "reshaped"):
        if pair.got.numel() == prediction.numel():
            yield Guess(name, text, pair.got.reshape(-1), prediction)
    elif prediction.shape == pair.got.shape and _is_other(pair, prediction):
        yield Guess(name, text, pair.got, prediction)


def _is_other(pair: Pair, prediction: torch.Tensor) -> bool:
    return prediction.shape != pair.want.shape or apart(prediction, pair.want, pair.relative) > 10
