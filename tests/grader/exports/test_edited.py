"""Tests of CSV files in which a few cells change: the dialect, the bytes, and what is refused."""

import csv
import io
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.reports.exports import edited

from .conftest import HOSTILE, PATIENT

TEXTS = (HOSTILE | st.text(max_size=6)).map(
    lambda text: re.sub("[\0\ud800-\udfff]", "", text).removeprefix("\ufeff")
)
ROWS = st.lists(st.lists(TEXTS, min_size=2, max_size=5), min_size=1, max_size=5)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str, list[list[str]]]:
    """Write rows in some dialect: text, separator, rows."""
    separator = draw(st.sampled_from(edited.SEPARATORS))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    needs_quotes = re.compile(draw(st.sampled_from(["", " ", "$^"])) + f'|[{separator}"\r\n]')
    rows = draw(ROWS)
    # The first line is what tells the separator: it has most cells by it, as headers have.
    rows[0] = [f"Header {place}" for place in range(5)]
    lines = [
        separator.join(
            '"' + cell.replace('"', '""') + '"' if needs_quotes.search(cell) else cell
            for cell in row
        )
        for row in rows
    ]
    return draw(st.sampled_from(["", "\ufeff"])) + end.join([*lines, ""]), separator, rows


def parsed(text: str, separator: str) -> list[list[str]]:
    """Read a file by another reader."""
    file = io.StringIO(text.removeprefix("\ufeff"), newline="")
    return list(csv.reader(file, delimiter=separator, strict=True))


@PATIENT
@given(files())
def test_any_dialect_is_read(made: tuple[str, str, list[list[str]]]) -> None:
    """Cells are those of Python's own reader, and stand where the table says."""
    text, separator, rows = made
    table = edited.read(text.encode())

    assert table.separator == separator
    assert [[cell.text for cell in row.cells] for row in table.rows] == rows
    assert table.filled({}) == text


@PATIENT
@given(made=files(), data=st.data())
def test_only_the_cells_that_are_meant_change(
    made: tuple[str, str, list[list[str]]], data: st.DataObject
) -> None:
    """What is written is read again, in its cells, and every byte outside of them stays."""
    text, separator, rows = made
    table = edited.read(text.encode())
    places = [(row, place) for row, cells in enumerate(rows) for place in range(len(cells))]
    cells = data.draw(st.dictionaries(st.sampled_from(places), TEXTS))
    filled = table.filled(cells)
    expected = [
        [cells.get((row, place), cell) for place, cell in enumerate(line)]
        for row, line in enumerate(rows)
    ]
    # Between the cells that change, each piece of the file follows the one before.
    rest, at = [], 0
    for row, place in sorted(cells):
        cell = table.rows[row].cells[place]
        rest.append(text[at : cell.start])
        at = cell.end

    assert parsed(filled, separator) == expected
    assert re.fullmatch(".*".join(map(re.escape, [*rest, text[at:]])), filled, re.DOTALL)


def test_a_cell_keeps_its_quotes() -> None:
    """A quoted cell stays quoted, another one is quoted where it has to be."""
    table = edited.read(b'a,"b","c"\r\nd,e,f')

    assert table.filled({(0, 1): "1", (1, 0): "2", (1, 1): "2,5", (1, 2): 'x"y'}) == (
        'a,"1","c"\r\n2,"2,5","x""y"'
    )


def test_lines_are_those_of_the_file() -> None:
    """Empty lines have no cells, and a cell of two lines makes the next row's line two more."""
    table = edited.read(b'a;"b\r\nc"\r\n\r\nd;e\r\n')

    assert [(row.line, len(row.cells)) for row in table.rows] == [(1, 2), (3, 0), (4, 2)]


BROKEN = "a quote stands alone; take the file as it was downloaded, or double the quote"
REFUSED = {
    b"": "it is empty; name the CSV file that was downloaded",
    b"\xef\xbb\xbf\r\n": "it is empty; name the CSV file that was downloaded",
    b"a,b\n1,\"2\n": f"line 2 is no CSV at '\"2': {BROKEN}",
    b'a,b\n1,2 "x"\n': f"line 2 is no CSV at '2 \"x\"': {BROKEN}",
    b'a,b\n1,"2"x\n': f"line 2 is no CSV at '\"2\"x': {BROKEN}",
    "a,b\nü".encode("latin-1"): (
        "line 2 is not in UTF-8; take the file as it was downloaded, or save it as CSV UTF-8"
    ),
    "a,b\n".encode("utf-16"): (
        "it is UTF-16 or no text; take the file as it was downloaded, or save it as CSV UTF-8"
    ),
    "a,b\n".encode("utf-16-be"): (
        "it is UTF-16 or no text; take the file as it was downloaded, or save it as CSV UTF-8"
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", REFUSED)
def test_refused(data: bytes) -> None:
    """What is no CSV in UTF-8 is told with its line."""
    with pytest.raises(CourseError) as caught:
        edited.read(data)

    assert str(caught.value) == REFUSED[data]


def test_too_large() -> None:
    """What is larger than any download is not read."""
    with pytest.raises(CourseError) as caught:
        edited.read(b"a,b\n" * 12_500_001)

    assert str(caught.value) == (
        "it has more than 50,000,000 bytes; name the CSV file that was downloaded"
    )


NUMBERS = {
    "6": Fraction(6), "6.50": Fraction("6.5"), "6,5": Fraction("6.5"), "-1": Fraction(-1),
    "1,234.50": Fraction("1234.5"), "1.234,50": Fraction("1234.5"), " 6 ": Fraction(6),
    "": None, "-": None, "EX": None, "6.": None, ".5": None, "1e3": None, "6 %": None, "٣": None,
    "9" * 5000: None,
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    """A number has a point or a comma before its decimals, and nothing else."""
    assert edited.number(text) == NUMBERS[text]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["6,00", "EX"], True), (["6", "7"], False), (["6,00", "7.5"], False), (["a,b"], False)],
)
def test_decimal_comma(texts: list[str], expected: bool) -> None:
    """A comma is the file's where numbers have it, and none has a point."""
    assert edited.has_decimal_comma(texts) is expected
