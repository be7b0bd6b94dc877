"""What a class has, as the record that its exports are made of, worked out of the gradebook.

Scores and totals are those of `standings`. Names and addresses come from the gradebook, and from a
class list where there is one; who is on that list and handed in nothing has a line as well.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from grader import policy
from grader.gradebook import queries, tallies
from grader.gradebook.standing import Standing, stand, total
from grader.gradebook.standings import standings
from grader.gradebook.store import Gradebook
from grader.gradebook.tallies import Enrolled, Tally
from grader.records import Course, Exercise
from grader.reports.exports.roll import Member, Result, Roll
from grader.roster import Roster, Row


def of_class(
    book: Gradebook, course: Course, exercises: Sequence[Exercise], roster: Roster | None = None
) -> Roll:
    """Work out what a class has in some exercises of a course.

    Raises:
        StoreError: the database refuses.
    """
    only = exercises[0].id if len(exercises) == 1 else None
    by_student: dict[str, list[Standing]] = {}
    for each in standings(book, exercises, queries.handed_in(book, only)):
        by_student.setdefault(each.student, []).append(each)
    tallied = tallies.tallies(book, only)
    enrolled = tallies.enrolled(book)
    rows = _rows(enrolled, roster)
    for student in rows.keys() - by_student.keys():
        by_student[student] = [stand(student, exercise, ()) for exercise in exercises]
    drop = course.drop if len(exercises) > 1 else 0
    return Roll(
        tuple(exercises),
        tuple(
            _member(mine, enrolled.get(student), rows.get(student), tallied, drop)
            for student, mine in sorted(by_student.items())
        ),
        tuple(map(_due, exercises)),
    )


def _rows(enrolled: Mapping[str, Enrolled], roster: Roster | None) -> dict[str, Row]:
    """Find the rows of the class list, by the key of the gradebook.

    A submission that was taken in without the list has a key of its own, and is looked for there by
    it and by its name.
    """
    if roster is None:
        return {}
    strangers = enrolled.keys() - roster.rows.keys()
    found: dict[str, list[str]] = {}
    for student in sorted(strangers):
        row = roster.find((student, enrolled[student].name))
        if row is not None and row not in enrolled:
            found.setdefault(row, []).append(student)
    # Of two that would be the same student, neither is.
    other = {row: students[0] for row, students in found.items() if len(students) == 1}
    return {other.get(key, key): row for key, row in roster.rows.items()}


def _member(
    mine: Sequence[Standing],
    enrolled: Enrolled | None,
    row: Row | None,
    tallied: Mapping[int, Tally],
    drop: int,
) -> Member:
    student = mine[0].student
    whole = total(student, mine, drop)
    last, first = (row.last_name, row.first_name) if row else ("", "")
    name = (enrolled.name if enrolled else "") or (row.name if row else "")
    name = name or " ".join(filter(None, (first, last)))
    if not (last or first):
        # Only a comma says which part is which.
        last, _, first = map(str.strip, name.partition(","))
    return Member(
        key=student,
        results=tuple(_result(each, tallied) for each in mine),
        total=whole.score,
        dropped=whole.dropped,
        name=name,
        last_name=last,
        first_name=first,
        email=row.email if row else "",
        section=(enrolled.section if enrolled else "") or (row.section if row else ""),
        words=_words(name, last, first, row),
    )


def _words(name: str, last: str, first: str, row: Row | None) -> tuple[str, ...]:
    """List what a student may be called: platforms write either part of a name first."""
    both = (f"{first} {last}", f"{last}, {first}") if last and first else ()
    found = (name, *both, *(row.words if row else ()))
    return tuple(word for word in dict.fromkeys(found) if word)


def _result(one: Standing, tallied: Mapping[int, Tally]) -> Result:
    chosen = one.chosen
    tally = tallied.get(chosen.attempt or 0) if chosen else None
    lost = Fraction(0)
    if chosen and one.lateness.begun and not one.decided.override:
        # As the score is rounded, so that the parts add up.
        lost = chosen.earned - policy.rounded(chosen.earned * one.lateness.kept)
    return Result(
        score=one.score,
        is_absent=one.is_absent,
        lost=lost,
        submitted_at=chosen.submitted_at if chosen else None,
        checks={line[0]: Fraction(line[2], 100) for line in tally.lines} if tally else {},
    )


def _due(exercise: Exercise) -> datetime | None:
    """Give the last minute in which an exercise may be handed in, in UTC."""
    if not exercise.due:
        return None
    return policy.read_due(exercise.due).end().astimezone(UTC) - timedelta(minutes=1)
