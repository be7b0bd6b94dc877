"""Tests of cells: whatever a text holds, no spreadsheet computes it, and it fits."""

import csv
import io
import re

import pytest
from hypothesis import given

from grader.reports.exports.cells import MOST_CHARACTERS, cell

from .conftest import HOSTILE, PATIENT, assert_harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("\t@SUM(A1)", "' @SUM(A1)"),
        ("\r=1", r"\r=1"),
        ("－1", "'－1"),
        ("1 - 1", "1 - 1"),
        ("off by 1, first at [0, -3]", "off by 1, first at [0, -3]"),
        ('a,"b";\nc', 'a,"b";\nc'),
        ("\n\nx\n", "x"),
        ("a;=1", "a;'=1"),
        ('a; "=1', "a;' \"=1"),
        ("a\n  =1", "a\n'  =1"),
    ],
)
def test_cell(text: str, shown: str) -> None:
    """A sign that could begin a cell has an apostrophe before it; the rest of a text stays."""
    assert cell(text, has_lines=True) == shown


@PATIENT
@given(HOSTILE)
def test_nothing_is_computed(text: str) -> None:
    """By commas, by semicolons, with quotes or without: no cell begins as a formula does."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow([cell(text), cell(text, has_lines=True), "x"])
    written = file.getvalue()
    by_quotes = [
        found
        for mark in ",;"
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=mark)
        for found in row
    ]

    assert_harmless(written)
    for found in [*by_quotes, *re.split("[;\n]", written)]:
        assert not re.match(r'[\s"]*[-=+@－＝＋＠]', found)


@pytest.mark.parametrize("letter", ["a", "é", "😀", "\x1b", "=", "\n=", ";"])
def test_cells_have_a_size(letter: str) -> None:
    """A cell is no longer than Excel's, counted as Excel does, and most of it is used."""
    units = len(cell(letter * 100_000, has_lines=True).encode("utf-16-le")) // 2

    assert MOST_CHARACTERS // 4 < units <= MOST_CHARACTERS
