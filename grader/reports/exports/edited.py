"""A CSV file of somebody else, in which a few cells are changed and every other byte stays.

A platform that reads its own download again looks at more than the cells that one means to change:
words of headers in the site's language, numbers of students that a spreadsheet would round, columns
that are not ours. So the file is never composed anew. It is read as text in which each cell has its
place; what is written into a cell takes that place, quoted as the cell was or as it has to be.

Nothing is repaired: a quote that RFC 4180 does not know ends the reading with its line, because two
readers may split such a line differently.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader.errors import CourseError

# Ten thousand students with two hundred columns; a download that is larger is something else.
MOST_BYTES = 50_000_000

SEPARATORS = (",", ";", "\t")

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
# A cell and what ends it. Nothing is tried twice, so that no text takes long.
_CELL = {
    each: re.compile(rf'(?:"((?:[^"]|"")*+)"|([^"{each}\r\n]*+))({each}|\r\n|\r|\n|\Z)')
    for each in SEPARATORS
}
_END = re.compile(r"\r\n|\r|\n")
# Some hundred digits are no points, and Python refuses to read thousands of them.
_NUMBER = re.compile(r"(-?)((?:[0-9]+[.,])*)([0-9]+)")
_MOST_DIGITS = 40

Place = tuple[int, int]  # of a row and of a cell in it, both from 0


@dataclass(frozen=True)
class Cell:
    """What a cell says, and where it stands in the text: from `start` to `end`, quotes included."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Row:
    """The cells of one row, none where a line is empty; `line` is the file's, from 1."""

    line: int
    cells: tuple[Cell, ...]

    def text(self, place: int) -> str:
        """Give what a cell says without the spaces around it; "" where the row ends before it."""
        return self.cells[place].text.strip() if place < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """A whole file: its text with a byte order mark if it has one, and its rows."""

    text: str
    separator: str
    rows: tuple[Row, ...]

    def filled(self, cells: Mapping[Place, str]) -> str:
        """Write texts into cells; everything else stays."""
        parts, last = [], 0
        for (row, place), text in sorted(cells.items()):
            cell = self.rows[row].cells[place]
            is_quoted = self.text.startswith('"', cell.start)
            parts += [self.text[last : cell.start], self._written(text, is_quoted)]
            last = cell.end
        return "".join([*parts, self.text[last:]])

    def _written(self, text: str, is_quoted: bool) -> str:
        if is_quoted or any(sign in text for sign in (self.separator, '"', "\r", "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text


def read(data: bytes) -> Table:
    """Read a file; the separator is the one that splits its first line into the most cells.

    Raises:
        CourseError: it is too large, empty, no UTF-8, or a quote in it is not one of CSV; the
            sentence goes on after the file's name.
    """
    if len(data) > MOST_BYTES:
        raise CourseError(
            f"it has more than {MOST_BYTES:,} bytes; name the CSV file that was downloaded"
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise CourseError(
            "it is UTF-16 or no text; take the file as it was downloaded, or save it as CSV UTF-8"
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CourseError(
            f"line {line} is not in UTF-8; take the file as it was downloaded, or save it as CSV "
            "UTF-8"
        ) from error
    if not text.strip(_BOM + " \r\n"):
        raise CourseError("it is empty; name the CSV file that was downloaded")
    separator = max(SEPARATORS, key=lambda each: _columns(text, each))
    return Table(text, separator, tuple(_rows(text, separator)))


def number(text: str) -> Fraction | None:
    """Read a number with a decimal point or comma; None where it is none.

    Of several points and commas the last one is the decimal's, as Canvas reads it.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None or len(text) > _MOST_DIGITS:
        return None
    sign, whole, last = match.groups()
    digits = whole.replace(",", "").replace(".", "")
    return Fraction(f"{sign}{digits}.{last}" if whole else f"{sign}{last}")


def has_decimal_comma(texts: list[str]) -> bool:
    """Whether numbers are written with a comma: some are, and none with a point."""
    numbers = [text for text in texts if number(text) is not None]
    return any("," in each for each in numbers) and not any("." in each for each in numbers)


def _columns(text: str, separator: str) -> int:
    """Count the cells of the first line; 0 where it cannot be read with this separator."""
    try:
        return len(_row(text, separator, _begin(text), 1)[0])
    except CourseError:
        return 0


def _begin(text: str) -> int:
    return len(_BOM) if text.startswith(_BOM) else 0


def _rows(text: str, separator: str) -> list[Row]:
    rows: list[Row] = []
    place, line = _begin(text), 1
    while place < len(text):
        cells, end = _row(text, separator, place, line)
        # What ends a row may also stand within a cell.
        lines = len(_END.findall(text, place, end))
        rows.append(Row(line, () if cells[-1].end == place else tuple(cells)))
        place, line = end, line + lines
    return rows


def _row(text: str, separator: str, place: int, line: int) -> tuple[list[Cell], int]:
    """Read one row; its cells, and where the next one begins."""
    cells: list[Cell] = []
    while match := _CELL[separator].match(text, place):
        quoted, bare, after = match.groups()
        said = bare if quoted is None else quoted.replace('""', '"')
        cells.append(Cell(said, place, match.start(3)))
        place = match.end()
        if after != separator:
            return cells, place
    near = _END.split(text[place : place + 20])[0]
    raise CourseError(
        f"line {line} is no CSV at {near!r}: a quote stands alone; take the file as it was "
        "downloaded, or double the quote"
    )
