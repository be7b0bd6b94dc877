"""Tests of the table for spreadsheets: rows that parse, cells that are no formulas."""

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given

from grader.records import Attempt, Outcome
from grader.reports.exports import csv_table

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, huge, kept, one


def rows(text: str) -> list[dict[str, str]]:
    """Read the table as a program does."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@PATIENT
@given(ATTEMPTS)
def test_any_attempt(made: Attempt) -> None:
    """Any attempt gives a row for each check, points that add up, and no formula."""
    text = csv_table.export(made)
    found = rows(text)

    assert_harmless(text)
    assert len(found) == len(made.verdicts)
    for row in found:
        assert list(row) == list(csv_table.COLUMNS)
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert sum(Fraction(row["points"] or 0) for row in found) == made.score.earned
    assert sum(Fraction(row["possible"]) for row in found) == made.score.possible
    statuses = {"graded"} if made.score.is_decided else {"ungraded"}
    assert {row["status"] for row in found} <= statuses


@pytest.mark.parametrize(
    ("message", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("\t@SUM(A1)", "' @SUM(A1)"),
        ("\r=1", r"\r=1"),
        ("－1", "'－1"),
        ("1 - 1", "1 - 1"),
        ('a,"b";\nc', 'a,"b";\nc'),
        ("\n\nx\n", "x"),
    ],
)
def test_cells(message: str, cell: str) -> None:
    """A cell that a spreadsheet would compute begins with an apostrophe; the others stay."""
    (row,) = rows(csv_table.export(attempt((one(message=message),))))

    assert row["message"] == cell


def test_ungraded() -> None:
    """The points of a check that could not be graded are an empty cell, not a zero."""
    points = {row["check"]: row["points"] for row in rows(csv_table.export(kept("ungraded")))}

    assert (points["loss"], points["gradient"], points["seeded"]) == ("1", "0", "")


def test_verdicts() -> None:
    """Every verdict has its own word."""
    found = rows(csv_table.export(attempt(tuple(one(outcome) for outcome in Outcome))))

    assert [row["verdict"] for row in found] == list(Outcome)


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However long a message, it fits into a cell."""
    made = huge(kind)
    found = rows(csv_table.export(made))

    assert len(found) == len(made.verdicts)
    assert max(len(row["message"]) for row in found) <= 32_767
