"""Item analysis: what the points of a class say about an exercise and about each of its checks.

Pure arithmetic on whole hundredths of points, so that no sum depends on the order of the students
and nothing is lost before the last step. `difficulty` is the share of a check's points that were
earned: near 1 it is easy. `discrimination` is the corrected item-total correlation: of a check's
points with the points of all the *other* checks, so that a check is not correlated with itself;
where a check is passed or failed this is the point-biserial correlation. Near 0 a check tells
nothing about who can do the exercise; below 0 those who are right elsewhere lose it, which often
means that the check is wrong.

Source: Crocker and Algina, Introduction to Classical and Modern Test Theory, chapter 14.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

BINS = 10


@dataclass(frozen=True)
class Spread:
    """Where a list of numbers lies: its mean, its quartiles and its greatest."""

    mean: float
    first: float
    median: float
    third: float
    most: float


@dataclass(frozen=True)
class Item:
    """What is known of one check: both numbers are None where nothing can be said."""

    difficulty: float | None
    discrimination: float | None


def spread(numbers: Sequence[float]) -> Spread | None:
    """Tell where numbers lie; None where there are none.

    Quartiles are interpolated between neighbours, as in a spreadsheet's QUARTILE.INC.
    """
    if not numbers:
        return None
    ordered = sorted(numbers)
    first, median, third = (_quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    return Spread(math.fsum(ordered) / len(ordered), first, median, third, ordered[-1])


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Give the number below which this share of them lies, between neighbours in proportion."""
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def histogram(shares: Sequence[Fraction]) -> tuple[int, ...]:
    """Count shares from 0 to 1 in tenths, and full marks apart: eleven counts.

    Count k of the first ten is of shares from k/10 on and below (k + 1)/10; the last is of 1.
    """
    counts = [0] * (BINS + 1)
    for share in shares:
        counts[min(int(share * BINS), BINS)] += 1
    return tuple(counts)


def analysis(
    earned: Mapping[str, Sequence[int]], possible: Mapping[str, Sequence[int]]
) -> dict[str, Item]:
    """Analyse all checks of an exercise.

    Args:
        earned: hundredths of points by check, one number a student, the students in one order.
        possible: what each could have earned there.
    """
    totals = [sum(points) for points in zip(*earned.values(), strict=True)]
    found = {}
    for check, points in earned.items():
        rest = [total - own for total, own in zip(totals, points, strict=True)]
        found[check] = Item(difficulty(points, possible[check]), discrimination(points, rest))
    return found


def difficulty(earned: Sequence[int], possible: Sequence[int]) -> float | None:
    """Give the share of points that was earned, from 0 to 1; None where nothing was possible."""
    return sum(earned) / whole if (whole := sum(possible)) else None


def discrimination(item: Sequence[int], rest: Sequence[int]) -> float | None:
    """Correlate the points of a check with those of the other checks; from -1 to 1.

    Returns:
        Pearson's correlation; None where one of the two is the same for everybody.
    """
    count, x, y = len(item), sum(item), sum(rest)
    xx, yy = sum(map(mul, item, item)), sum(map(mul, rest, rest))
    both = count * sum(map(mul, item, rest)) - x * y
    varied: int = (count * xx - x * x) * (count * yy - y * y)
    if not varied:
        return None
    # Whole numbers up to here: the last digit of a square root may still pass 1.
    return max(-1.0, min(1.0, float(both / math.sqrt(varied))))
