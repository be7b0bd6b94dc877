"""Guesses that every value is the same multiple of the right one.

The factor is measured, and its cause is said only if one cause alone gives it: 4 can be a size of
the check and the square root of another, and then only the factor is told.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from grader.signatures.guess import ALONE, APART, Guess, Pair, distinct, is_round


@dataclass(frozen=True)
class Factor:
    """A factor that has a cause: its id, how it is written, and what it points to."""

    value: float
    id: str
    words: str
    cause: str


def guesses(pair: Pair) -> list[Guess]:
    """Guess one factor for all values."""
    got, want = pair.got, pair.want
    if got.shape != want.shape or not float(want.abs().max()):
        return []
    scale = float(want.abs().max())
    if not float(got.abs().max()):
        return [_zero(pair)] if want.numel() > 1 else []
    is_alone = want.numel() == 1
    if distinct(want) < (1 if is_alone else 2) or (is_alone and (is_round(want) or is_round(got))):
        return []
    ratio = float((got * want).sum() / (want * want).sum())
    factor = _factor(ratio, pair, pair.relative * (ALONE if is_alone else 1.0))
    if factor is None and (is_alone or distinct(want) < 3):
        return []
    text = _sentence(ratio, factor, pair)
    value = ratio if factor is None else factor.value
    return [
        Guess(
            factor.id if factor else "constant_ratio",
            text,
            got,
            value * want,
            scale * abs(value),
            ALONE if is_alone else 1.0,
        )
    ]


def _zero(pair: Pair) -> Guess:
    causes = {
        "gradient": "on the way there is an operation that has no useful gradient (rounding, a "
        "comparison, argmax), or it was cleared too early",
        "step": "the parameter does not move, because its gradient is cleared before step(), or is "
        "not computed yet",
    }
    cause = causes.get(pair.asked, "nothing was written into it, or it was multiplied by zero")
    right = torch.zeros_like(pair.want)
    text = f"{pair.every} is zero: {cause}."
    return Guess("zero", text, pair.got, right, float(pair.want.abs().max()))


def _factor(ratio: float, pair: Pair, relative: float) -> Factor | None:
    """Find what gives the factor; without a cause where several do, or None where nothing does."""
    near: list[Factor] = []
    for factor in _factors(pair):
        away = abs(ratio - factor.value) / (relative * abs(factor.value))
        if away <= APART:
            near.append(factor)
    plain = [factor for factor in near if factor.id in _PLAIN]
    if len(near) > 1 and plain:
        return Factor(plain[0].value, plain[0].id, plain[0].words, "")
    return near[0] if len(near) == 1 else None


_PLAIN = frozenset({"twice", "half", "negated"})


def _factors(pair: Pair) -> Iterator[Factor]:
    """List the factors that have a cause."""
    causes = {
        "gradient": "as it is when backward() runs twice, or when an earlier gradient is not "
        "cleared",
        "step": "as it is when step() runs twice, or when an earlier gradient is not cleared",
    }
    cause = causes.get(pair.asked, "a factor 2 is too many")
    yield Factor(2.0, "twice", "twice the right one", cause)
    yield Factor(0.5, "half", "half of the right one", "a factor 2 is missing")
    flipped = "it goes uphill" if pair.asked == "step" else "the sign is flipped"
    yield Factor(-1.0, "negated", "minus the right one", flipped)
    for size in pair.sizes:
        where = f"{size} is a size in this check"
        share, root = f"1/{size} of the right one", f"the square root of {size}"
        less = f"({size} - 1)/{size}"
        yield Factor(
            size, "size_times", f"{size} times the right one",
            f"{where}, and a sum where a mean is asked for is as many times too large",
        )  # fmt: skip
        yield Factor(
            1 / size, "size_share", share,
            f"{where}, and a mean where a sum is asked for, or one mean too many, is so much "
            "too small",
        )  # fmt: skip
        yield Factor(
            math.sqrt(size), "root_times", f"{root} times the right one",
            f"{where}, and a division by its square root is missing",
        )  # fmt: skip
        yield Factor(
            1 / math.sqrt(size), "root_share", f"the right one divided by {root}",
            f"{where}, and the result is divided by its square root once too often",
        )  # fmt: skip
        for value, name in ((1 - 1 / size, less), (1 / (1 - 1 / size), f"{size}/({size} - 1)")):
            cause = f"{where}, and two variances, over {size} and over {size} - 1, differ so"
            yield Factor(value, "variance", f"{name} times the right one", cause)
            yield Factor(
                math.sqrt(value), "deviation", f"the square root of {name} times the right one",
                f"{where}, and two standard deviations, over {size} and over {size} - 1, differ so",
            )  # fmt: skip


def _sentence(ratio: float, factor: Factor | None, pair: Pair) -> str:
    if factor is None:
        return f"{pair.every} is {ratio:.4g} times the right one."
    cause = f": {factor.cause}" if factor.cause else ""
    return f"{pair.every} is exactly {factor.words}{cause}."
