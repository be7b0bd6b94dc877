"""What each case of an otter question is worth, by otter's own rules, and then in our hundredths.

A question may say what it is worth, and so may each of its cases; what is left open follows. Otter
divides by floats, so a point in three parts is 0.333...; a check of ours has two decimals. The
parts are exact fractions here until the end, and are then rounded so that their sum is the sum.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import repeat

from grader.errors import CourseError

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
MOST = 100_000  # as in gradebook.yml
_HUNDRED = 100

# What the file says of one case: None where it is silent.
Given = Fraction | None


def number(text: str, what: str) -> Fraction:
    """Read points as a file writes them, exactly: "0.1" is a tenth.

    Args:
        text: the number, as YAML or Python has it.
        what: begins the message, as "lab.ipynb, cell 3: points".

    Raises:
        CourseError: it is no number from 0 to 100,000.
    """
    value = Fraction(text) if _NUMBER.fullmatch(text) else None
    if value is None or not 0 <= value <= MOST:
        told = text if len(text) <= 60 else text[:59] + "…"
        raise CourseError(f"{what} is {told!r}; write a number from 0 to {MOST:,}")
    return value


def resolved(
    total: Given | Sequence[Given], given: Sequence[Given], what: str
) -> tuple[Fraction, ...]:
    """Say what each case is worth.

    Where the question has a total, the cases that say nothing share equally what the others leave;
    where it has a list, that is what the cases say. Without a total such cases are worth nothing,
    unless nobody names a number above 0: then they share one point.

    Args:
        total: what the question says: a total, a number for each case, or None.
        given: what each case says.
        what: names the question in messages, as "lab.ipynb: q1".

    Raises:
        CourseError: a list has another length, or the cases are worth more than their question.
    """
    if isinstance(total, Sequence):
        if len(total) != len(given):
            raise CourseError(
                f"{what} has points for {len(total)} cases and {len(given)} cases; "
                "write one number for each"
            )
        return resolved(None, total, what)
    named = sum((points for points in given if points is not None), Fraction())
    silent = sum(points is None for points in given)
    if total is None:
        rest = Fraction(0 if named else 1)
    elif named > total:
        raise CourseError(
            f"{what} is worth {_text(total)} points and its cases {_text(named)}; "
            "raise the one or lower the others"
        )
    else:
        rest = total - named
    share = rest / silent if silent else Fraction()
    return tuple(share if points is None else points for points in given)


def hundredths(points: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Round to hundredths of a point: no part is off by one or more, and the sum by at most half.

    The largest remainders are rounded up, the first of equals first.
    """
    exact = [part * _HUNDRED for part in points]
    floors = [part.numerator // part.denominator for part in exact]
    wanted = (sum(exact, Fraction()) + Fraction(1, 2)).__floor__()
    by_remainder = sorted(range(len(exact)), key=lambda i: floors[i] - exact[i])
    for place, _ in zip(by_remainder, repeat(None, wanted - sum(floors)), strict=False):
        floors[place] += 1
    return tuple(Fraction(part, _HUNDRED) for part in floors)


def _text(points: Fraction) -> str:
    return f"{float(points):g}"
