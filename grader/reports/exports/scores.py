"""A table of a class for spreadsheets: a row for each student, a column for each exercise.

Points are those of `grade report`, exact decimals. `total` is what counts in the course, without
the exercises in `dropped`, and `possible` what it is out of. With checks, each exercise is followed
by a column for each of its checks, and by `other`: what lateness took, what people gave, and what
an override changed. The checks and `other` add up to the exercise, in every row.

Ungraded: `ungraded` names the exercise, and its cells and those of the total are empty, so that no
sum makes a zero of them. Not handed in: an empty cell, which counts 0 in the total.
No text is a formula, and none is longer than what a cell of Excel holds: see `cells`.
"""

import csv
import io
from collections.abc import Sequence
from fractions import Fraction

from grader.records import points_text
from grader.reports.exports.cells import cell
from grader.reports.exports.roll import Member, Result, Roll

FIRST = ("student", "name", "section")
LAST = ("total", "possible", "dropped", "ungraded")


def export(roll: Roll, *, has_checks: bool = False) -> str:
    """Give a header and a row for each student, in UTF-8 with plain line ends.

    Args:
        roll: what the class has.
        has_checks: whether each check has a column; in the order of the attempts that have most.
    """
    checks = [_checks(roll, index) if has_checks else () for index in range(len(roll.exercises))]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    header = list(FIRST)
    for exercise, names in zip(roll.exercises, checks, strict=True):
        header.append(exercise.id)
        if has_checks:
            header += [cell(f"{exercise.id}/{name}") for name in (*names, "other")]
    writer.writerow([*header, *LAST])
    for member in roll.members:
        writer.writerow(_row(roll, member, checks, has_checks=has_checks))
    return file.getvalue()


def _checks(roll: Roll, index: int) -> tuple[str, ...]:
    """List the checks of an exercise: attempts may have been graded by different ones."""
    found = [tuple(member.results[index].checks) for member in roll.members]
    longest = sorted(found, key=len, reverse=True)
    return tuple(dict.fromkeys(name for names in longest for name in names))


def _row(
    roll: Roll, member: Member, checks: Sequence[tuple[str, ...]], *, has_checks: bool
) -> list[str]:
    row = [cell(member.key), cell(member.name), cell(member.section)]
    for result, names in zip(member.results, checks, strict=True):
        row.append(points_text(result.score.earned) if _has_points(result) else "")
        if has_checks:
            row += _parts(result, names)
    ungraded = [
        exercise.id
        for exercise, result in zip(roll.exercises, member.results, strict=True)
        if not result.score.is_decided
    ]
    total = member.total
    # What is not graded may yet be what is dropped.
    last = [points_text(total.earned), points_text(total.possible), " ".join(member.dropped)]
    return [*row, *(last if total.is_decided else [""] * len(last)), " ".join(ungraded)]


def _has_points(result: Result) -> bool:
    return result.score.is_decided and not result.is_absent


def _parts(result: Result, names: Sequence[str]) -> list[str]:
    if not _has_points(result):
        return [""] * (len(names) + 1)
    other = result.score.earned - sum(result.checks.values(), Fraction(0))
    points = [result.checks.get(name) for name in names]
    return ["" if each is None else points_text(each) for each in (*points, other)]
