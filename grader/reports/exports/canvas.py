"""Canvas: the gradebook that was downloaded there, with the points of exercises in their columns.

Canvas reads its own export again: the first row names the columns (those of students, up to
`Section`, then `Title (id)` for each assignment), a row `Points Possible` says what each is worth
and where `(read only)` stands. A column that it does not know becomes a new assignment, so none is
ever added; an empty cell leaves what is there, `EX` excuses, `N/A` is not this student's
(canvas-lms, lib/gradebook_importer.rb and lib/gradebook_exporter.rb).

Ungraded, not handed in, `EX`, `N/A` and letters: the cell stays as it is, and a sentence says so.
Canvas compares two decimals, which is what points have. Nothing is cut: the file is the download.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from grader.errors import CourseError
from grader.records import Exercise
from grader.reports.exports import edited, filling
from grader.reports.exports.edited import Row, Table
from grader.reports.exports.filling import Column, Filled, Seat, Telling, Who
from grader.reports.exports.roll import Roll
from grader.reports.exports.text import one_line

_NAMED = re.compile(r"(.*)\s\(([0-9]+)\)", re.DOTALL)  # Title (id)
_WORDS = ("id", "sis user id", "sis login id", "integration id")
# What Canvas computes, whatever stands before or behind it.
_COMPUTED = re.compile(r"(?:Current|Final|Override) (?:Score|Points|Grade|Status)")
_READ_ONLY = re.compile(r"read\s+only")
_POSTING = re.compile(r"\s*(?:Muted|Manual Posting.*)?\s*", re.IGNORECASE | re.DOTALL)
# Canvas writes a name that begins with = as a formula that gives the name.
_QUOTED_NAME = re.compile(r'="(.*)"', re.DOTALL)


def fill(
    data: bytes, roll: Roll, who: Who, named: Mapping[str, str], *, is_scaled: bool = False
) -> Filled:
    """Put the points of exercises into the columns of their assignments.

    An exercise's column is the one that `named` says, by its header, title or number; or else the
    one whose title says the exercise's title, its id, or both.

    Args:
        data: the download.
        roll: what the class has.
        who: whom a word of a row means.
        named: columns by the ids of exercises.
        is_scaled: whether points are scaled to Points Possible.

    Raises:
        CourseError: this is no export of Canvas, or a column is missing, meant twice, read only, or
            worth other points; the sentence goes on after the file's name.
    """
    table = edited.read(data)
    sheet = _Sheet(table)
    telling = Telling()
    columns = []
    for index, exercise in enumerate(roll.exercises):
        name = named.get(exercise.id)
        place = sheet.place_of(name) if name is not None else sheet.place_for(exercise)
        if place is None:
            telling.say(
                f"{exercise.id} is not in the file: no column has its title "
                f'"{one_line(exercise.title)}" or its id; --column {exercise.id}=TITLE names one'
            )
        else:
            columns.append(sheet.column(index, place))
    if not columns:
        raise CourseError(
            "none of the exercises has a column here; make the assignments in Canvas and download "
            f"the file again, or name one with --column {roll.exercises[0].id}=TITLE. It has "
            f"{sheet.listed()}"
        )
    _check_once(columns, roll, sheet)
    return filling.fill(
        table, roll, sheet.seats(), columns, who, telling=telling, is_scaled=is_scaled
    )


class _Sheet:
    """A download of Canvas: which columns are assignments, and which rows are students."""

    def __init__(self, table: Table) -> None:
        self._table = table
        head = table.rows[0]
        self._headers = [cell.text for cell in head.cells]
        has_names = head.text(0) == "LastName" and head.text(1) == "FirstName"
        lowered = [header.strip().casefold() for header in self._headers]
        if not (has_names or "Student" in head.text(0)) or "section" not in lowered:
            raise CourseError(
                "this is no gradebook of Canvas: its first line has no columns Student, ID and "
                "Section; take the file from Grades, Export"
            )
        section = lowered.index("section")
        self._name_columns = 2 if has_names else 1
        self._word_columns = [at for at in range(section) if lowered[at] in _WORDS]
        self._id = lowered.index("id", 0, section) if "id" in lowered[:section] else None
        self._places = [
            at
            for at in range(section + 1, len(self._headers))
            if self._headers[at].strip() and not _COMPUTED.search(self._headers[at])
        ]
        self._possible = self._points_possible()

    def _points_possible(self) -> Row:
        for row in self._table.rows[1:]:
            if "Points Possible" in row.text(0):
                return row
        raise CourseError(
            "it has no row Points Possible, which says what an assignment is worth; take the file "
            "as Canvas exports it"
        )

    def listed(self) -> str:
        """Name the columns that could be meant."""
        names = [one_line(self._headers[at]) for at in self._places] or ["no assignment"]
        return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")

    def header(self, place: int) -> str:
        """Give a column's header on one line."""
        return one_line(self._headers[place])

    def place_of(self, name: str) -> int:
        """Find the column that somebody named.

        Raises:
            CourseError: there is none, or there are several.
        """
        wanted = name.strip()
        for forms in (lambda text: (text,), _title_and_id):
            found = [at for at in self._places if wanted in forms(self._headers[at].strip())]
            if len(found) == 1:
                return found[0]
            if found:
                several = ", ".join(map(self.header, found))
                raise CourseError(f'--column: "{one_line(name)}" means several columns: {several}')
        raise CourseError(
            f'--column: no column is called "{one_line(name)}"; the file has {self.listed()}'
        )

    def place_for(self, exercise: Exercise) -> int | None:
        """Find the column whose title is an exercise's; None where there is none.

        Raises:
            CourseError: there are several.
        """
        wanted = {
            _letters(text)
            for text in (exercise.id, exercise.title, f"{exercise.id} {exercise.title}")
        }
        found = [at for at in self._places if _letters(_title(self._headers[at])) in wanted]
        if len(found) > 1:
            several = ", ".join(map(self.header, found))
            raise CourseError(
                f"{exercise.id} may be several columns: {several}; say which with --column "
                f"{exercise.id}=NUMBER"
            )
        return found[0] if found else None

    def column(self, index: int, place: int) -> Column:
        """Take a column for an exercise.

        Raises:
            CourseError: points in it would be lost.
        """
        said = self._possible.text(place)
        possible = edited.number(said)
        if possible is None:
            why = "is read only" if _READ_ONLY.search(said) else "has no number as Points Possible"
            raise CourseError(
                f"the column {self.header(place)} {why}, so Canvas would not take points there; "
                "name another one with --column"
            )
        return Column(index, place, possible, said)

    def seats(self) -> list[Seat]:
        """List the rows of students."""
        return [
            self._seat(at, row)
            for at, row in enumerate(self._table.rows)
            if at > 0
            and row is not self._possible
            and any(not _POSTING.fullmatch(cell.text) for cell in row.cells)
        ]

    def _seat(self, at: int, row: Row) -> Seat:
        parts = [_QUOTED_NAME.sub(r"\1", row.text(place)) for place in range(self._name_columns)]
        name = ", ".join(filter(None, parts))
        last, comma, first = (part.strip() for part in name.partition(","))
        words = [name, f"{first} {last}" if comma else ""]
        words += [row.text(place) for place in self._word_columns]
        if self._id is not None and row.text(self._id):
            # As a download of submissions names who handed them in.
            words.append(f"{name}_{row.text(self._id)}")
        return Seat(at, tuple(words), name or " ".join(filter(None, words)))


def _check_once(columns: Sequence[Column], roll: Roll, sheet: _Sheet) -> None:
    taken: dict[int, Column] = {}
    for column in columns:
        first = taken.setdefault(column.place, column)
        if first is not column:
            both = " and ".join(roll.exercises[each.index].id for each in (first, column))
            raise CourseError(
                f"{both} both mean the column {sheet.header(column.place)}; name another one with "
                "--column"
            )


def _title_and_id(header: str) -> tuple[str, ...]:
    match = _NAMED.fullmatch(header)
    return match.groups() if match else ()


def _title(header: str) -> str:
    match = _NAMED.fullmatch(header.strip())
    return match[1] if match else header


def _letters(text: str) -> str:
    """Keep letters and digits, and of numbers what counts: "Exercise 03" is "exercise-3"."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    parts = re.findall(r"[0-9]+|[^\W\d_]+", plain)
    return "".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)
