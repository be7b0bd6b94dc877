"""Tests of nbgrader's file: its rows in its order, and what it cannot say."""

import csv
import io
from datetime import timedelta
from fractions import Fraction

from grader.reports.exports import nbgrader
from grader.reports.exports.roll import Roll

from .rolls import DUE, exercise, golden, member, result, small


def test_golden() -> None:
    """A whole class, byte for byte.

    nbgrader 0.9.6 wrote the same class so, save for quotes, formulas, what is not graded and what
    people gave.
    """
    golden("nbgrader.csv", nbgrader.export(small()).encode())


def rows(roll: Roll) -> list[dict[str, str]]:
    """Read what is written."""
    return list(csv.DictReader(io.StringIO(nbgrader.export(roll), newline=""), strict=True))


def test_order() -> None:
    """Exercises come by due time, those without one first, and students by last and first name."""
    three = (result("1"), result("1"), result("1"))
    roll = Roll(
        (exercise(1, "A"), exercise(2, "B"), exercise(3, "C")),
        (
            member("c", *three, name="Lee, Bo"),
            member("a", *three, name="Lee, Kim"),
            member("b", *three, name="Ash, Zoe"),
        ),
        (DUE, None, DUE - timedelta(days=1)),
    )

    assert [(row["assignment"], row["student_id"]) for row in rows(roll)] == [
        (f"exercise-{number}", student) for number in ("02", "03", "01") for student in "bca"
    ]


def test_a_score_is_the_rest() -> None:
    """Of what was earned the penalty is taken, and that is the score; ungraded has none of them."""
    for row in rows(small()):
        points = [row[name] for name in ("raw_score", "late_submission_penalty", "score")]
        if points == ["", "", ""]:
            assert row["student_id"] == "'=cmd"
            continue
        raw, penalty, score = map(Fraction, points)

        assert raw - penalty == score
