"""What is asked of the gradebook: rows, as records.

Everything is read from one moment of the database. Order is that of the keys or of the numbers, the
same on every database, because it is made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Connection, RowMapping, Table, func, select

from grader.errors import CourseError
from grader.gradebook.address import environment_digest, result_address
from grader.gradebook.schema import (
    ATTEMPTS,
    AUDIT,
    EXTENSIONS,
    MARKS,
    OVERRIDES,
    RUNS,
    SCORES,
    STUDENTS,
    SUBMISSIONS,
    VERDICTS,
)
from grader.gradebook.standing import Decided, Extension, Graded, Mark, Override
from grader.gradebook.store import Gradebook
from grader.records import Attempt, Environment, Score
from grader.reports.attempt import from_json

Key = tuple[str, str]  # a student and an exercise


@dataclass(frozen=True)
class Kept:
    """An attempt of the gradebook: its number, whose it is, when it was handed in and graded."""

    number: int
    student: str
    submission: int
    submitted_at: datetime | None
    graded_at: datetime
    run: int | None
    origin: int | None
    attempt: Attempt


@dataclass(frozen=True)
class Result:
    """One submission whose result is known, and the attempt that holds it."""

    student: str
    digest: str
    submitted_at: datetime | None
    number: int


@dataclass(frozen=True)
class Told:
    """What a student was last told of an exercise, from which attempt, and what it was made of."""

    score: Score
    attempt: int | None
    made_of: str


@dataclass(frozen=True)
class Event:
    """One line of the audit trail; `detail` is a JSON object."""

    at: datetime
    who: str
    what: str
    detail: str


def results(book: Gradebook, exercise: str, environment: Environment) -> list[Result]:
    """List the submissions that were graded under these checks, this environment and this seed.

    They need not be run again. Attempts that were worked out without running are not among them.
    """
    chosen = (
        select(
            SUBMISSIONS.c.student,
            SUBMISSIONS.c.digest,
            SUBMISSIONS.c.submitted_at,
            func.max(ATTEMPTS.c.id).label("number"),
        )
        .join(ATTEMPTS, ATTEMPTS.c.submission == SUBMISSIONS.c.id)
        .where(
            SUBMISSIONS.c.exercise == exercise,
            ATTEMPTS.c.checks_digest == environment.checks_digest,
            ATTEMPTS.c.environment_digest == environment_digest(environment),
            ATTEMPTS.c.seed == environment.seed,
            ATTEMPTS.c.status == "graded",
            ATTEMPTS.c.origin.is_(None),
        )
        .group_by(SUBMISSIONS.c.id)
        .order_by(SUBMISSIONS.c.id)
    )
    with book.reading() as connection:
        return [Result(**row) for row in connection.execute(chosen).mappings()]


def find(book: Gradebook, exercise: str, digest: str, environment: Environment) -> Kept | None:
    """Find the newest graded attempt with this content address, whoever handed it in."""
    address = result_address(exercise, digest, environment)
    number = select(func.max(ATTEMPTS.c.id)).where(
        ATTEMPTS.c.address == address,
        ATTEMPTS.c.status == "graded",
        ATTEMPTS.c.origin.is_(None),
    )
    with book.reading() as connection:
        found = connection.scalar(number)
        return _kept(connection, [found])[0] if found is not None else None


def attempts(
    book: Gradebook,
    numbers: Sequence[int] | None = None,
    *,
    run: int | None = None,
    exercise: str | None = None,
) -> list[Kept]:
    """Read attempts whole, by number, by run, or all; in the order in which they were recorded."""
    with book.reading() as connection:
        if numbers is None:
            return _kept(connection, None, run, exercise)
        # A database takes some thousands of values in one question.
        parts = (numbers[start : start + 500] for start in range(0, len(numbers), 500))
        return [one for part in parts for one in _kept(connection, part, run, exercise)]


def verb_of(book: Gradebook, run: int) -> str:
    """Tell which verb a run was.

    Raises:
        CourseError: there is no such run; the sentence says which there are.
    """
    with book.reading() as connection:
        rows = connection.execute(select(RUNS.c.id, RUNS.c.verb))
        runs = {int(number): str(verb) for number, verb in rows}
    if run not in runs:
        there = f"runs 1 to {max(runs)}" if runs else "no run yet"
        raise CourseError(f"the gradebook {book.name} has no run {run}; it has {there}")
    return runs[run]


def unfinished(book: Gradebook, verb: str, detail: str) -> int | None:
    """Find the newest run of a verb with this detail, if it was stopped before its end."""
    newest = (
        select(RUNS.c.id, RUNS.c.ended_at)
        .where(RUNS.c.verb == verb, RUNS.c.detail == detail)
        .order_by(RUNS.c.id.desc())
        .limit(1)
    )
    with book.reading() as connection:
        row = connection.execute(newest).first()
        return int(row.id) if row is not None and row.ended_at is None else None


def students(book: Gradebook) -> list[str]:
    """List the keys of all students."""
    with book.reading() as connection:
        return sorted(connection.scalars(select(STUDENTS.c.student)))


def handed_in(book: Gradebook, exercise: str | None = None) -> dict[Key, list[Graded]]:
    """Read what each student handed in for an exercise or for all, with the attempt that stands.

    The attempt that stands for a submission is the newest one that was graded.
    """
    newest = (
        select(ATTEMPTS.c.submission, func.max(ATTEMPTS.c.id).label("attempt"))
        .where(ATTEMPTS.c.status == "graded")
        .group_by(ATTEMPTS.c.submission)
        .subquery()
    )
    chosen = (
        select(
            SUBMISSIONS.c.id.label("submission"),
            SUBMISSIONS.c.student,
            SUBMISSIONS.c.exercise,
            SUBMISSIONS.c.digest,
            SUBMISSIONS.c.submitted_at,
            ATTEMPTS.c.id.label("attempt"),
            func.coalesce(ATTEMPTS.c.score, 0).label("earned"),
            func.coalesce(ATTEMPTS.c.possible, 0).label("possible"),
        )
        .outerjoin(newest, newest.c.submission == SUBMISSIONS.c.id)
        .outerjoin(ATTEMPTS, ATTEMPTS.c.id == newest.c.attempt)
        .order_by(SUBMISSIONS.c.id)
    )
    if exercise is not None:
        chosen = chosen.where(SUBMISSIONS.c.exercise == exercise)
    found: dict[Key, list[Graded]] = {}
    with book.reading() as connection:
        # All at once: ten thousand rows one by one take three times as long.
        for row in connection.execute(chosen).all():
            one = Graded(*row)
            found.setdefault((one.student, one.exercise), []).append(one)
    return found


def decisions(book: Gradebook) -> dict[Key, Decided]:
    """Read what people decided, by student and exercise: of each kind what is newest."""
    with book.reading() as connection:
        marks: dict[Key, dict[str, Mark]] = {}
        for mark in (Mark(**row) for row in _rows(connection, MARKS)):
            marks.setdefault((mark.student, mark.exercise), {})[mark.label] = mark
        overrides = {
            _key(row): None if row["score"] is None else Override(**row)
            for row in _rows(connection, OVERRIDES)
        }
        extensions = {
            _key(row): None if row["due"] is None else Extension(**row)
            for row in _rows(connection, EXTENSIONS)
        }
    return {
        key: Decided(tuple(marks.get(key, {}).values()), overrides.get(key), extensions.get(key))
        for key in sorted({*marks, *overrides, *extensions})
    }


def told(book: Gradebook) -> dict[Key, Told]:
    """Read what students were last told."""
    last = select(func.max(SCORES.c.id)).group_by(SCORES.c.student, SCORES.c.exercise)
    chosen = select(SCORES).where(SCORES.c.id.in_(last))
    with book.reading() as connection:
        return {
            (row.student, row.exercise): Told(
                Score(row.score, row.possible, bool(row.is_decided)), row.attempt, row.made_of
            )
            for row in connection.execute(chosen)
        }


def worth(book: Gradebook, exercise: str) -> dict[int, dict[str, Fraction]]:
    """Read what each check was worth, for each attempt of an exercise that was graded."""
    chosen = (
        select(VERDICTS.c.attempt, VERDICTS.c.check_id, VERDICTS.c.possible)
        .join(ATTEMPTS, ATTEMPTS.c.id == VERDICTS.c.attempt)
        .join(SUBMISSIONS, SUBMISSIONS.c.id == ATTEMPTS.c.submission)
        .where(SUBMISSIONS.c.exercise == exercise, ATTEMPTS.c.status == "graded")
    )
    found: dict[int, dict[str, Fraction]] = {}
    with book.reading() as connection:
        for attempt, check, possible in connection.execute(chosen):
            found.setdefault(attempt, {})[check] = possible
    return found


def audit(book: Gradebook) -> list[Event]:
    """Read the audit trail, from the first line to the last."""
    with book.reading() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.id))
        return [Event(row.at, row.who, row.what, row.detail) for row in rows]


def _rows(connection: Connection, table: Table) -> Sequence[RowMapping]:
    """Read a table of decisions without its numbers, in their order."""
    columns = [column for column in table.c if column.name != "id"]
    return connection.execute(select(*columns).order_by(table.c.id)).mappings().all()


def _key(row: RowMapping) -> Key:
    return row["student"], row["exercise"]


def _kept(
    connection: Connection,
    numbers: Sequence[int] | None = None,
    run: int | None = None,
    exercise: str | None = None,
) -> list[Kept]:
    chosen = (
        select(
            ATTEMPTS.c.id.label("number"),
            SUBMISSIONS.c.student,
            SUBMISSIONS.c.id.label("submission"),
            SUBMISSIONS.c.submitted_at,
            ATTEMPTS.c.graded_at,
            ATTEMPTS.c.run,
            ATTEMPTS.c.origin,
            ATTEMPTS.c.json,
        )
        .join(SUBMISSIONS, ATTEMPTS.c.submission == SUBMISSIONS.c.id)
        .order_by(ATTEMPTS.c.id)
    )
    if run is not None:
        chosen = chosen.where(ATTEMPTS.c.run == run)
    if exercise is not None:
        chosen = chosen.where(SUBMISSIONS.c.exercise == exercise)
    if numbers is not None:
        chosen = chosen.where(ATTEMPTS.c.id.in_(numbers))
    found = []
    for row in connection.execute(chosen).mappings():
        fields = {name: value for name, value in row.items() if name != "json"}
        found.append(Kept(**fields, attempt=from_json(row["json"])))
    return found
