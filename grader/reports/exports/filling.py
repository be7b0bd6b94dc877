"""Points into the cells of a platform's own download: who is meant, what is written, what is told.

A row is a student's where all of its words that mean somebody mean the same one, and no other row
means that one too. A cell is written where there is a decided score and the cell is one for points.
Everything else stays as it is and is told in a sentence: whoever uploads the file should know what
is not in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.errors import CourseError
from grader.records import Exercise, points_text
from grader.reports.exports import edited
from grader.reports.exports.edited import Place, Table
from grader.reports.exports.roll import Member, Result, Roll
from grader.reports.exports.text import one_line

# Names the one student, by key, whom a word means; None where it means nobody, or several.
Who = Callable[[str], str | None]


@dataclass(frozen=True)
class Seat:
    """A row of the download that is a student's: which row, its words for them, and a name."""

    row: int
    words: tuple[str, ...]
    name: str
    is_locked: bool = False


@dataclass(frozen=True)
class Column:
    """Where the points of an exercise go, and how many are possible there.

    `index` is the exercise's in the roll, `place` the column's in the file, `shown` how the file
    writes what is possible. `has_limit` is whether the platform takes no more than that.
    """

    index: int
    place: int
    possible: Fraction
    shown: str
    has_limit: bool = False


@dataclass(frozen=True)
class Filled:
    """The file with the points in it, and sentences about what is not in it."""

    text: str
    notes: tuple[str, ...]


class Telling:
    """Sentences that are put together from the names that they are about, in the order of need."""

    def __init__(self) -> None:
        self._named: dict[str, list[str]] = {}

    def say(self, sentence: str) -> None:
        """Add a sentence about nobody."""
        self._named.setdefault(sentence, [])

    def name(self, sentence: str, who: str) -> None:
        """Add somebody to the sentence that begins so."""
        self._named.setdefault(sentence, []).append(one_line(who) or "(no name)")

    def sentences(self) -> tuple[str, ...]:
        """Give all of them, names behind a colon and apart by semicolons: names have commas."""
        return tuple(
            f"{sentence}: {'; '.join(names)}" if names else sentence
            for sentence, names in self._named.items()
        )


def fill(
    table: Table,
    roll: Roll,
    seats: Sequence[Seat],
    columns: Sequence[Column],
    who: Who,
    *,
    telling: Telling,
    is_scaled: bool,
) -> Filled:
    """Write the points of a class into its columns.

    Args:
        table: the download.
        roll: what the class has.
        seats: the rows of students.
        columns: the columns of exercises.
        who: whom a word means.
        telling: gets the sentences; what is in it already comes first.
        is_scaled: whether points are scaled to what is possible there. Without it, a column where
            other points are possible than gradebook.yml says is refused.

    Raises:
        CourseError: a column is refused.
    """
    for column in columns:
        _check_points(roll.exercises[column.index], column, is_scaled=is_scaled)
    seated = _seated(roll, seats, columns, who, telling)
    comma = edited.has_decimal_comma(
        [column.shown for column in columns]
        + [table.rows[seat.row].text(column.place) for seat in seats for column in columns]
    )
    cells: dict[Place, str] = {}
    same = 0
    for column in columns:
        writing = _Writing(table, roll, column, telling, is_scaled=is_scaled)
        for seat, member in seated:
            points = writing.points(seat, member.results[column.index])
            if points is None:
                continue
            said, text = table.rows[seat.row].text(column.place), points_text(points)
            text = text.replace(".", ",") if comma else text
            before = edited.number(said)
            if before == points:
                same += 1
                continue
            if before is not None:
                writing.tell(
                    "had another number, which is replaced", f"{seat.name} ({said} → {text})"
                )
            cells[seat.row, column.place] = text
    telling.say(f"{_cells(len(cells))} written, {_cells(same)} had the right number already")
    return Filled(table.filled(cells), telling.sentences())


def _cells(count: int) -> str:
    return f"{count} cell{'s' * (count != 1)}"


def _check_points(exercise: Exercise, column: Column, *, is_scaled: bool) -> None:
    if is_scaled or column.possible == exercise.points:
        return
    here = points_text(exercise.points)
    raise CourseError(
        f"{exercise.id} has {here} points, its column {column.shown}; set {here} there and "
        "download the file again, or add --scale"
    )


def _seated(
    roll: Roll, seats: Sequence[Seat], columns: Sequence[Column], who: Who, telling: Telling
) -> list[tuple[Seat, Member]]:
    """Find whose each row is; tell of rows that are nobody's, and of students without a row."""
    members = {member.key: member for member in roll.members}
    claims: dict[str, list[Seat]] = {}
    for seat in seats:
        found = {key for word in seat.words if word and (key := who(word)) in members}
        if len(found) == 1:
            claims.setdefault(found.pop(), []).append(seat)
        elif found:
            telling.name(
                "rows whose words mean different students, left as they are",
                f"{seat.name} ({' or '.join(sorted(map(str, found)))})",
            )
        else:
            telling.name("rows of nobody in the gradebook, left as they are", seat.name)
    seated = []
    for key, rows in claims.items():
        if len(rows) == 1:
            seated.append((rows[0], members[key]))
        else:
            names = " and ".join(row.name for row in rows)
            telling.name("several rows mean one student, left as they are", f"{names} ({key})")
    for member in roll.members:
        has_something = any(not member.results[each.index].is_absent for each in columns)
        if member.key not in claims and has_something:
            telling.name("in the gradebook and without a row, so not in this file", member.key)
    # In the order of the file.
    return sorted(seated, key=lambda pair: pair[0].row)


class _Writing:
    """One column: what is written into each of its cells, or why nothing is."""

    def __init__(
        self, table: Table, roll: Roll, column: Column, telling: Telling, *, is_scaled: bool
    ) -> None:
        self._table, self._column, self._telling = table, column, telling
        self._exercise = roll.exercises[column.index]
        self._is_scaled = is_scaled

    def tell(self, why: str, name: str) -> None:
        """Add a name to the sentence that says why, for this exercise."""
        self._telling.name(f"{self._exercise.id}: {why}", name)

    def points(self, seat: Seat, result: Result) -> Fraction | None:
        """Give the points that belong into a row; None, and a sentence, where nothing does."""
        row, score = self._table.rows[seat.row], result.score
        said = row.text(self._column.place)
        is_open = said in ("", "-") or edited.number(said) is not None
        if result.is_absent:
            self.tell("nothing handed in, left as they are", seat.name)
        elif not score.is_decided:
            self.tell("not graded yet, left as they are", seat.name)
        elif len(row.cells) <= self._column.place:
            self.tell("the row ends before this column", seat.name)
        elif seat.is_locked:
            self.tell("locked there, left as they are", seat.name)
        elif not is_open:
            self.tell("no number stands there, left as they are", f"{seat.name} ({said})")
        else:
            return self._fitting(seat, score.earned, score.possible)
        return None

    def _fitting(self, seat: Seat, earned: Fraction, possible: Fraction) -> Fraction | None:
        column = self._column
        points = earned
        if possible != column.possible:
            if not self._is_scaled or not possible:
                of = f"{points_text(earned)} of {points_text(possible)}"
                self.tell(
                    "graded when the exercise had other points, left as they are; grade rescore "
                    "works them out again",
                    f"{seat.name} ({of})",
                )
                return None
            # Half up, as every score is rounded.
            points = Fraction(int(earned * column.possible / possible * 100 + Fraction(1, 2)), 100)
        if column.has_limit and points > column.possible:
            more = f"{points_text(points)} of {column.shown}"
            self.tell("more than the maximum there, left as they are", f"{seat.name} ({more})")
            return None
        return points
