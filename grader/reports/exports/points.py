"""Points as numbers: exact where the form takes decimals, whole where it takes only those.

Whole points keep every sum: each check is worth its points rounded up or down, so that what all
checks are worth, and what the passed ones are worth, is the exact sum rounded half up. A check
earns all of its whole points or none, as it does of the exact ones. For that, what a fraction of
a point is rounded to may differ from one attempt to the next; whole points never change.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from grader.records import Outcome, Verdict, points_text


def number(points: Fraction) -> int | float:
    """Give points as a number whose decimal form in JSON is that of every report."""
    return int(points) if points.denominator == 1 else float(points_text(points))


def whole(verdicts: Sequence[Verdict]) -> list[tuple[int, int]]:
    """Give earned and possible points of each check as whole numbers, by largest remainder.

    The sums over all checks are the exact sums, rounded half up.
    """
    has_passed = [verdict.outcome is Outcome.PASSED for verdict in verdicts]
    worth = [verdict.check.points for verdict in verdicts]
    gained = [points for points, passed in zip(worth, has_passed, strict=True) if passed]
    missed = [points for points, passed in zip(worth, has_passed, strict=True) if not passed]
    earned = _rounded(sum(gained, Fraction(0)))
    lost = _rounded(sum(worth, Fraction(0))) - earned
    shares = {True: iter(_apportioned(gained, earned)), False: iter(_apportioned(missed, lost))}
    parts = [next(shares[passed]) for passed in has_passed]
    return [(part if passed else 0, part) for part, passed in zip(parts, has_passed, strict=True)]


def _rounded(points: Fraction) -> int:
    return floor(points + Fraction(1, 2))


def _apportioned(parts: Sequence[Fraction], total: int) -> list[int]:
    """Round each part up or down so that they add up; the largest remainders go up first."""
    shares = [floor(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda place: shares[place] - parts[place])
    for place in order[: total - sum(shares)]:
        shares[place] += 1
    return shares
