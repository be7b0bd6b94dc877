"""Tests of the table of a class: its columns, its sums, and what is empty."""

import csv
import io
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.reports.exports import scores

from .rolls import golden, member, one, result, small


@pytest.mark.parametrize(("name", "has_checks"), [("scores", False), ("scores-checks", True)])
def test_golden(name: str, has_checks: bool) -> None:
    """A whole class, byte for byte."""
    golden(f"{name}.csv", scores.export(small(), has_checks=has_checks).encode())


def test_sums_agree() -> None:
    """Checks and what is beside them add up to the exercise, and exercises to the total."""
    text = scores.export(small(), has_checks=True)
    for row in csv.DictReader(io.StringIO(text, newline=""), strict=True):
        exercises = []
        for name in ("exercise-03", "exercise-04"):
            parts = [cell for key, cell in row.items() if key.startswith(f"{name}/") and cell]
            exercises.append(Fraction(row[name] or 0))

            assert sum(map(Fraction, parts), Fraction(0)) == exercises[-1]
        assert not row["total"] or Fraction(row["total"]) == sum(exercises)


def test_other_checks() -> None:
    """Attempts under other checks have columns of their own, empty where a check was not tried."""
    roll = one(
        member("ada", result("2", shape="2")), member("bob", result("3", shape="2", grad="1"))
    )

    assert scores.export(roll, has_checks=True).splitlines()[:3] == [
        "student,name,section,exercise-03,exercise-03/shape,exercise-03/grad,exercise-03/other,"
        "total,possible,dropped,ungraded",
        "ada,,,2,2,,0,2,4,,",
        "bob,,,3,2,1,0,3,4,,",
    ]


def test_what_was_dropped_is_named() -> None:
    """A total that leaves exercises out says which."""
    ada = replace(member("ada", result("2")), dropped=("exercise-03", "exercise-07"))

    assert scores.export(one(ada)).splitlines()[1] == "ada,,,2,2,4,exercise-03 exercise-07,"
