"""Tests of the table for spreadsheets: its columns, and what of an ungraded check is not known."""

import csv
import io

from grader.records import Outcome
from grader.reports.exports import csv_table

from .conftest import attempt, kept, one


def rows(text: str) -> list[dict[str, str]]:
    """Read the table as a program does."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_columns() -> None:
    """The first row names the columns, in an order that does not change."""
    first = next(csv.reader(io.StringIO(csv_table.export(kept("full")))))

    assert first == list(csv_table.COLUMNS)


def test_ungraded() -> None:
    """The points of a check that could not be graded are an empty cell, not a zero."""
    points = {row["check"]: row["points"] for row in rows(csv_table.export(kept("ungraded")))}

    assert (points["loss"], points["gradient"], points["seeded"]) == ("1", "0", "")


def test_verdicts() -> None:
    """Every verdict has its own word."""
    found = rows(csv_table.export(attempt(tuple(one(outcome) for outcome in Outcome))))

    assert [row["verdict"] for row in found] == list(Outcome)
