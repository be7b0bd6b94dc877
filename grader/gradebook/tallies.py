"""What a report over a class is counted from: a few questions for all students at once.

No question is asked for one student after the other: ten thousand attempts are four questions.
Columns that are read by the ten thousand come as the database keeps them, whole hundredths and
plain text, because converting each value costs more than reading it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Integer, Subquery, Text, and_, func, select, type_coerce

from grader.gradebook.schema import ATTEMPTS, STUDENTS, SUBMISSIONS, VERDICTS
from grader.gradebook.store import Gradebook
from grader.records import Diagnosis, Outcome, Score
from grader.reports.overview import Ungraded

# A check's id, how it ended, what it earned and what it could, in hundredths, and the mistake's id.
Line = tuple[str, str, int, int, str | None]


@dataclass(frozen=True)
class Tally:
    """The checks of one attempt that stands for its submission, in order, and its wall time."""

    attempt: int
    seconds: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Told:
    """What an attempt says of one check."""

    title: str
    diagnosis: Diagnosis | None


@dataclass(frozen=True)
class Entry:
    """One attempt of a student, whether or not it stands."""

    number: int
    exercise: str
    submitted_at: datetime | None
    score: Score


@dataclass(frozen=True)
class Enrolled:
    """What is known of a student beside the key."""

    name: str
    section: str


def tallies(book: Gradebook, exercise: str | None = None) -> dict[int, Tally]:
    """Read the checks of all attempts that stand for a submission, by the attempt's number."""
    newest = _newest()
    chosen = (
        select(
            VERDICTS.c.attempt,
            ATTEMPTS.c.seconds,
            # Ids are names of functions: there is nothing in them that a database refuses.
            type_coerce(VERDICTS.c.check_id, Text),
            VERDICTS.c.outcome,
            type_coerce(VERDICTS.c.points, Integer),
            type_coerce(VERDICTS.c.possible, Integer),
            type_coerce(VERDICTS.c.mistake, Text),
        )
        .join(newest, newest.c.attempt == VERDICTS.c.attempt)
        .join(ATTEMPTS, ATTEMPTS.c.id == VERDICTS.c.attempt)
        .order_by(VERDICTS.c.attempt, VERDICTS.c.place)
    )
    if exercise is not None:
        chosen = chosen.join(SUBMISSIONS, SUBMISSIONS.c.id == ATTEMPTS.c.submission)
        chosen = chosen.where(SUBMISSIONS.c.exercise == exercise)
    with book.reading() as connection:
        # Rows of the very form of `Line` from the third column on, which no type can say.
        rows: Sequence[Any] = connection.execute(chosen).all()
    return {
        attempt: Tally(attempt, seconds, tuple([row[2:] for row in group]))
        for (attempt, seconds), group in groupby(rows, itemgetter(0, 1))
    }


def lines(book: Gradebook, attempts: Iterable[int]) -> dict[tuple[int, str], Told]:
    """Read what some attempts say of each of their checks, by the attempt's number and the id."""
    columns = (
        VERDICTS.c.attempt,
        VERDICTS.c.check_id,
        VERDICTS.c.title,
        VERDICTS.c.mistake,
        VERDICTS.c.diagnosis,
    )
    wanted = sorted(set(attempts))
    found = {}
    with book.reading() as connection:
        # A database takes some thousands of values in one question.
        for start in range(0, len(wanted), 500):
            part = VERDICTS.c.attempt.in_(wanted[start : start + 500])
            for row in connection.execute(select(*columns).where(part)).all():
                why = Diagnosis(row.mistake, row.diagnosis) if row.mistake is not None else None
                found[row.attempt, row.check_id] = Told(row.title, why)
    return found


def ungraded(book: Gradebook, exercises: Sequence[str]) -> list[Ungraded]:
    """List the submissions of which no attempt was graded, with what their newest attempt says."""
    last = (
        select(ATTEMPTS.c.submission, func.max(ATTEMPTS.c.id).label("attempt"))
        .group_by(ATTEMPTS.c.submission)
        # Of the two words "graded" comes first, so that one of them shows.
        .having(func.min(ATTEMPTS.c.status) == "ungraded")
        .subquery()
    )
    chosen = (
        select(
            SUBMISSIONS.c.id,
            SUBMISSIONS.c.student,
            SUBMISSIONS.c.exercise,
            SUBMISSIONS.c.path,
            VERDICTS.c.check_id,
            VERDICTS.c.message,
        )
        .join(last, last.c.submission == SUBMISSIONS.c.id)
        .outerjoin(
            VERDICTS,
            and_(
                VERDICTS.c.attempt == last.c.attempt,
                VERDICTS.c.outcome == Outcome.UNGRADED.value,
            ),
        )
        .where(SUBMISSIONS.c.exercise.in_(exercises))
        .order_by(SUBMISSIONS.c.id, VERDICTS.c.place)
    )
    found: dict[int, Ungraded] = {}
    with book.reading() as connection:
        for number, student, exercise, path, check, message in connection.execute(chosen):
            # Of several checks that could not be graded the first says why.
            why = f"{check}: {_first_line(message)}" if check else "no check was tried"
            found.setdefault(number, Ungraded(student, exercise, path, why))
    return sorted(found.values(), key=lambda one: (one.exercise, one.student, one.path))


def entries(book: Gradebook, student: str) -> list[Entry]:
    """List all attempts of one student, in the order in which they were made."""
    chosen = (
        select(
            ATTEMPTS.c.id,
            SUBMISSIONS.c.exercise,
            SUBMISSIONS.c.submitted_at,
            ATTEMPTS.c.score,
            ATTEMPTS.c.possible,
            ATTEMPTS.c.status,
        )
        .join(SUBMISSIONS, SUBMISSIONS.c.id == ATTEMPTS.c.submission)
        .where(SUBMISSIONS.c.student == student)
        .order_by(ATTEMPTS.c.id)
    )
    with book.reading() as connection:
        return [
            Entry(row[0], row[1], row[2], Score(row[3], row[4], row[5] == "graded"))
            for row in connection.execute(chosen)
        ]


def names(book: Gradebook) -> dict[str, str]:
    """Read the names of all students, by their keys."""
    with book.reading() as connection:
        rows = connection.execute(select(STUDENTS.c.student, STUDENTS.c.name))
        return {str(student): str(name) for student, name in rows}


def enrolled(book: Gradebook) -> dict[str, Enrolled]:
    """Read what is known of all students, by their keys."""
    with book.reading() as connection:
        rows = connection.execute(select(STUDENTS.c.student, STUDENTS.c.name, STUDENTS.c.section))
        return {str(row[0]): Enrolled(str(row[1]), str(row[2])) for row in rows}


def _newest() -> Subquery:
    """Choose the newest graded attempt of each submission."""
    return (
        select(func.max(ATTEMPTS.c.id).label("attempt"))
        .where(ATTEMPTS.c.status == "graded")
        .group_by(ATTEMPTS.c.submission)
        .subquery()
    )


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0] or "could not be graded"
