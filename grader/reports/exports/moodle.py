"""Moodle: the grading worksheet of an assignment that was downloaded there, with its grades in it.

The words of its first row are in the site's language, so columns are known by what stands in them:
first the number of each participant ("Participant 123"), and somewhere behind it a column of
grades, right before one that says the same maximum in every row. English words, where they stand,
decide; `named` decides above all (moodle, mod/assign/gradingtable.php). Moodle takes a row where
the grade is a number from 0 to the maximum, is not what it has, and is not locked; every other row
it passes over in silence (mod/assign/feedback/offline/locallib.php), so a sentence here says which.

Ungraded, and not handed in: the cell stays as it is, and a sentence says so. An assignment with a
scale, or without points, is refused. Nothing is cut: the file is the download.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from grader.errors import CourseError
from grader.reports.exports import edited, filling
from grader.reports.exports.edited import Row, Table
from grader.reports.exports.filling import Column, Filled, Seat, Telling, Who
from grader.reports.exports.roll import Roll
from grader.reports.exports.text import one_line

_PARTICIPANT = re.compile(r"(\D+)[0-9]+")
_GRADE, _MAXIMUM, _SCALE, _STATUS = "grade", "maximum grade", "scale", "status"
# The status of a submission, and "no", in languages that Moodle is often used in (its packs of
# languages: mod_assign `status`, moodle `no`).
_STATUSES = frozenset({_STATUS, "statut", "estado", "stato", "stan", "état"})
_NO = frozenset({
    "no", "nein", "non", "nee", "não", "nej", "nei", "ei", "nie", "ne", "nem", "nu", "hayır",
    "όχι", "нет", "ні", "не", "いいえ", "否", "아니오", "لا", "לא",
})  # fmt: skip


def fill(
    data: bytes, roll: Roll, who: Who, named: str | None = None, *, is_scaled: bool = False
) -> Filled:
    """Put the points of one exercise into the column of grades.

    Args:
        data: the download.
        roll: what the class has in this one exercise.
        who: whom a word of a row means.
        named: the header of the column of grades, if it has to be said.
        is_scaled: whether points are scaled to the maximum grade.

    Raises:
        CourseError: this is no worksheet, its grades are no points, or they are worth others; the
            sentence goes on after the file's name.
    """
    table = edited.read(data)
    head, rows = table.rows[0], [row for row in table.rows[1:] if row.cells]
    if not rows:
        raise CourseError("it has no participants; take the grading worksheet as it is downloaded")
    number = _place_of_numbers(rows)
    grade = _place_of_grades(head, rows, number, named)
    said = rows[0].text(grade + 1)
    possible = _maximum(rows, grade + 1)
    if possible is None:
        raise CourseError(
            f'behind the grades ("{one_line(head.text(grade))}") stands no maximum that is the '
            "same number in every row; an assignment that is graded with a scale takes no points"
        )
    column = Column(0, grade, possible, said, has_limit=True)
    seats = _seats(table, head, number, grade)
    return filling.fill(table, roll, seats, [column], who, telling=Telling(), is_scaled=is_scaled)


def _place_of_numbers(rows: Sequence[Row]) -> int:
    """Find the column of the participants' numbers: one word for all, and a number for each."""
    for place in range(len(rows[0].cells)):
        texts = [row.text(place) for row in rows]
        matches = [_PARTICIPANT.fullmatch(text) for text in texts]
        if len({match and match[1] for match in matches}) == 1 and None not in matches:
            if len(set(texts)) == len(texts):
                return place
            break
    raise CourseError(
        'this is no grading worksheet of Moodle: no column says "Participant 123" or the like; '
        "take the file from the assignment, Download grading worksheet"
    )


def _place_of_grades(head: Row, rows: Sequence[Row], number: int, named: str | None) -> int:
    headers = [head.text(place) for place in range(len(head.cells))]
    if named is not None:
        places = range(number + 1, len(headers))
        found = [place for place in places if headers[place] == named.strip()]
        if len(found) != 1:
            listed = ", ".join(map(one_line, headers))
            raise CourseError(
                f"--column: {'no' if not found else 'more than one'} column is called "
                f'"{one_line(named)}"; there are {listed}'
            )
        return found[0]
    lowered = [header.casefold() for header in headers]
    for place in range(number + 1, len(headers) - 1):
        if lowered[place] == _GRADE and lowered[place + 1] in (_MAXIMUM, _SCALE):
            return place
    found = [place for place in range(number + 1, len(headers) - 1) if _are_grades(rows, place)]
    if len(found) == 1:
        return found[0]
    which = " or ".join(f'"{one_line(headers[place])}"' for place in found)
    raise CourseError(
        (f"the grades may be {which}" if found else "no column looks like grades with a maximum")
        + "; name the column of the grades with --column EXERCISE=HEADER (an assignment that is "
        "graded with a scale takes no points)"
    )


def _are_grades(rows: Sequence[Row], place: int) -> bool:
    """Whether a column has numbers or nothing, and the next one the maximum of them."""
    most = _maximum(rows, place + 1)
    if most is None or most <= 0:
        return False
    grades = [edited.number(row.text(place)) for row in rows if row.text(place)]
    return all(grade is not None and 0 <= grade <= most for grade in grades)


def _maximum(rows: Sequence[Row], place: int) -> Fraction | None:
    """Give the number that a column has in every row; None where it has not."""
    found = {edited.number(row.text(place)) for row in rows}
    return found.pop() if len(found) == 1 else None


def _seats(table: Table, head: Row, number: int, grade: int) -> list[Seat]:
    """List the rows of participants: their number, their name, and what else tells who they are."""
    places = range(number + 1, grade)
    status = next((at for at in places if head.text(at).casefold() in _STATUSES), None)
    # Without a word for it, what stands between the name and the grades may be a group.
    words = range(number, min(number + 2, grade) if status is None else status)
    seats = []
    for at, row in enumerate(table.rows):
        if at == 0 or not row.cells:
            continue
        texts = tuple(row.text(place) for place in words)
        # Behind the maximum comes whether the grade can be changed, or first a state of the work.
        is_locked = any(row.text(grade + step).casefold() in _NO for step in (2, 3))
        name = next(filter(None, texts[1:]), texts[0])
        seats.append(Seat(at, texts, name, is_locked))
    return seats
