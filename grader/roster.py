"""The class list: which student is meant by a login, a number or a name in a download.

A roster is a CSV file with a header. One column holds the key under which the gradebook knows the
student; every other cell of the row may stand for it too. Downloads write names in their own way
("doejane" for "Doe, Jane"), so what is not found as it is written is looked for by its letters and
digits alone. A word that may mean two students means none.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import CourseError

# The first of these that the header has is the key: ours, GitHub Classroom's, Canvas's.
_KEYS = ("student", "identifier", "sis login id", "login", "username", "id")
_NAMES = ("name", "full name", "student")
_LAST_NAMES = ("last_name", "last name", "lastname", "surname", "family name")
_FIRST_NAMES = ("first_name", "first name", "firstname", "given name")
_EMAILS = ("email", "email address", "e-mail")
_SECTIONS = ("section", "group")
_TIMES = ("submitted_at", "submitted at")
_MAX_BYTES = 16 << 20


@dataclass(frozen=True)
class Row:
    """One student of the class; `submitted_at` where the list says when they handed in."""

    student: str
    name: str = ""
    section: str = ""
    words: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    last_name: str = ""
    first_name: str = ""
    email: str = ""


class Roster:
    """The rows of a class list, and who is meant by a word."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = {row.student: row for row in rows}
        self._written: dict[str, set[str]] = {}
        self._letters: dict[str, set[str]] = {}
        for row in self.rows.values():
            for word in (row.student, *row.words):
                self._written.setdefault(_written(word), set()).add(row.student)
                self._letters.setdefault(_letters(word), set()).add(row.student)
        self._letters.pop("", None)

    def find(self, words: Iterable[str]) -> str | None:
        """Find the student whom one of these words means; the first that means somebody decides.

        Returns:
            None where none of them means exactly one student.
        """
        for word in words:
            for known, form in ((self._written, _written(word)), (self._letters, _letters(word))):
                found = known.get(form, set())
                if len(found) == 1:
                    return next(iter(found))
                if found:
                    break
        return None


def read(path: Path) -> Roster:
    """Read a class list.

    Raises:
        CourseError: it cannot be read, has no column for the key, or a key twice.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}; check the path") from error
    if len(data) > _MAX_BYTES:
        raise CourseError(f"{path} holds {len(data):,} bytes; name a roster, a CSV of the students")
    try:
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header = [str(name) for name in table.fieldnames or ()]
        columns = {name.strip().casefold(): name for name in header}
        key = next((columns[name] for name in _KEYS if name in columns), None)
        if key is None:
            shown = ", ".join(header)[:200] or "nothing"
            raise CourseError(
                f"{path} has no column with the students' keys: its first line is {shown}; name "
                "one of them student"
            )
        return Roster(_rows(table, columns, key, path))
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} is no text in UTF-8; save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise CourseError(f"{path} is no CSV ({error}); save it as CSV with a comma") from error


def _rows(table: "csv.DictReader[str]", columns: dict[str, str], key: str, path: Path) -> list[Row]:
    rows: dict[str, Row] = {}
    apart = {columns[name] for name in (*_SECTIONS, *_TIMES) if name in columns}
    for fields in table:
        cells = {name: cell.strip() for name, cell in fields.items() if isinstance(cell, str)}
        student = cells.get(key, "")
        where = f"{path}, line {table.line_num}"
        if not student:
            continue  # A row for somebody who has no key yet, or an empty line.
        if student in rows:
            raise CourseError(f"{where}: the student {student[:60]!r} is here twice; keep one")
        last, first = (_cell(cells, columns, names) for names in (_LAST_NAMES, _FIRST_NAMES))
        whole = (f"{first} {last}", f"{last}, {first}") if last and first else ()
        rows[student] = Row(
            student,
            _cell(cells, columns, [name for name in _NAMES if columns.get(name) != key]),
            _cell(cells, columns, _SECTIONS),
            (*(cell for name, cell in cells.items() if cell and name not in apart), *whole),
            _moment(_cell(cells, columns, _TIMES), where),
            last,
            first,
            _cell(cells, columns, _EMAILS),
        )
    return list(rows.values())


def _cell(cells: dict[str, str], columns: dict[str, str], names: Iterable[str]) -> str:
    found = (cells.get(columns[name], "") for name in names if name in columns)
    return next(filter(None, found), "")


def _moment(text: str, where: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise CourseError(
            f"{where}: submitted_at is {text[:60]!r}; write a time with its zone, such as "
            "2026-10-12T21:30:00+02:00"
        )
    return moment.astimezone(UTC)


def _written(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


def _letters(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", word).casefold() if c.isalnum())
