"""nbgrader's own export: a row for each exercise and student, as `nbgrader export` writes it.

The columns, their order, the order of the rows and the form of numbers and times are those of
nbgrader (plugins/export.py, api.py), so that whatever reads its file reads this one. In each row
`score` is `raw_score` less `late_submission_penalty`, and is the score of `grade report`: what
people gave, and an override, are within `raw_score`.

Ungraded: the three cells of points are empty, where nbgrader would write a number. Not handed in:
no time and 0 points, as nbgrader has it. nbgrader writes names as they are, also where a comma in
them makes two cells of one; here they are quoted, and no cell is a formula: see `cells`. The text
of a cell is at most what Excel holds.
"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction

from grader.reports.exports.cells import cell
from grader.reports.exports.roll import Member, Result, Roll

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def export(roll: Roll) -> str:
    """Give a header and a row for each exercise and student, in UTF-8 with plain line ends."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    members = sorted(roll.members, key=lambda each: (each.last_name, each.first_name, each.key))
    for index in _order(roll):
        due = _time(roll.due[index])
        for member in members:
            writer.writerow([roll.exercises[index].id, due, *_row(member, member.results[index])])
    return file.getvalue()


def _order(roll: Roll) -> Sequence[int]:
    """Order the exercises by due time and id; those without a due time come first, as in SQLite."""
    never = datetime.min.replace(tzinfo=UTC)
    indices = range(len(roll.exercises))
    return sorted(indices, key=lambda at: (roll.due[at] or never, roll.exercises[at].id))


def _row(member: Member, result: Result) -> list[str]:
    score = result.score
    points = [score.earned + result.lost, result.lost, score.earned]
    return [
        _time(result.submitted_at),
        *map(cell, (member.key, member.last_name, member.first_name, member.email)),
        *(_number(each) if score.is_decided else "" for each in points),
        _number(score.possible),
    ]


def _number(points: Fraction) -> str:
    """Write points as Python writes a float: "10.0"."""
    return str(float(points))


def _time(moment: datetime | None) -> str:
    """Write a moment in UTC without its zone, as nbgrader keeps it."""
    return str(moment.astimezone(UTC).replace(tzinfo=None)) if moment else ""
