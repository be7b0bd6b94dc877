"""Into the gradebook: each method is one transaction, on the disk before it returns.

A `Gradebook` belongs to the process that opened it. SQLite loses its locks in a process that was
forked with an open database, so there a method refuses; open one in each process instead. Any
number of them write to one database at the same time, and wait for each other.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction

from sqlalchemy import Connection, Engine, Insert, Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from grader import policy
from grader.errors import CourseError, StoreError
from grader.gradebook import schema
from grader.gradebook.address import submission_key
from grader.gradebook.connect import connect
from grader.gradebook.fault import told
from grader.gradebook.rows import attempt_columns, verdict_columns
from grader.gradebook.standing import Standing
from grader.records import Attempt, points_text

_LONGEST = 200  # characters of a student's key: an index takes no more than a few thousand bytes


class Gradebook:
    """One gradebook, open. `who` is named in the audit trail, and as author of decisions."""

    def __init__(self, engine: Engine, name: str, who: str) -> None:
        """Take an engine that `connect` gave; `open_gradebook` does both."""
        self.engine = engine
        self.name = name
        self.who = who
        self._process = os.getpid()

    def __enter__(self) -> "Gradebook":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End all connections."""
        self.engine.dispose(close=os.getpid() == self._process)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read from one moment of the database, whatever others write meanwhile.

        Raises:
            StoreError: the database refuses.
        """
        options = {"isolation_level": "REPEATABLE READ"} if self._is_postgres else {}
        with told(self.name), self._connected() as connection:
            yield connection.execution_options(**options)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Write all or nothing."""
        with told(self.name), self._connected() as connection:
            connection.execution_options(is_writer=True)
            with connection.begin():
                yield connection

    def _connected(self) -> Connection:
        if os.getpid() != self._process:
            raise StoreError(
                f"the gradebook {self.name} was opened by another process; "
                "open one in each process that uses it"
            )
        return self.engine.connect()

    @property
    def _is_postgres(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    def enrol(self, student: str, name: str = "", section: str = "") -> None:
        """Note a student of the class, or another name or section of one that is known.

        Raises:
            CourseError: the student's key is empty or very long.
            StoreError: the database refuses.
        """
        _check_student(student)
        values = {"name": name, "section": section}
        with self._writing() as connection:
            self._note(connection, student)
            where = schema.STUDENTS.c.student == student
            row = connection.execute(select(schema.STUDENTS).where(where)).one()
            if (row.name, row.section) != (name, section):
                connection.execute(update(schema.STUDENTS).where(where).values(values))
                self._audit(connection, "student changed", student=student, **values)

    def begin_run(self, verb: str, detail: str = "") -> int:
        """Note that a verb begins to record attempts; its number."""
        values = {"verb": verb, "detail": detail, "who": self.who, "started_at": _now()}
        with self._writing() as connection:
            run = _added(connection, insert(schema.RUNS).values(values))
            self._audit(connection, "run began", run=run, verb=verb, detail=detail)
        return run

    def end_run(self, run: int) -> None:
        """Note that a run has done all that it was to do."""
        with self._writing() as connection:
            where = schema.RUNS.c.id == run
            connection.execute(update(schema.RUNS).where(where).values(ended_at=_now()))
            self._audit(connection, "run ended", run=run)

    def keep(
        self,
        attempt: Attempt,
        student: str,
        submitted_at: datetime | None = None,
        *,
        run: int | None = None,
        origin: int | None = None,
        graded_at: datetime | None = None,
    ) -> int:
        """Record an attempt for good: when this returns, a crash loses nothing of it.

        A run records a submission that was graded once: for the second time its number is given
        back and nothing is added. So whoever resumes a run may simply go on.

        Args:
            attempt: what grading gave.
            student: whose submission it is; one that is not known is noted.
            submitted_at: when it was handed in, with a time zone; None is not known.
            run: the run that it belongs to.
            origin: the attempt it was worked out from, where nothing was run.
            graded_at: when it was graded; now, if not given.

        Returns:
            The attempt's number.

        Raises:
            CourseError: the student's key is empty or very long.
            StoreError: the database refuses.
        """
        _check_student(student)
        # Ready before the database is locked.
        values = {**attempt_columns(attempt), "graded_at": graded_at or _now()}
        verdicts = [verdict_columns(verdict) for verdict in attempt.verdicts]
        with self._writing() as connection:
            self._note(connection, student)
            submission = self._submission(connection, attempt, student, submitted_at)
            values |= {"submission": submission, "run": run, "origin": origin}
            statement = self._insert_new(schema.ATTEMPTS).returning(schema.ATTEMPTS.c.id)
            number = connection.scalar(statement, values)
            if number is None:
                return _kept_before(connection, submission, run)
            if verdicts:
                rows = [{"attempt": number, "place": n, **row} for n, row in enumerate(verdicts)]
                connection.execute(insert(schema.VERDICTS), rows)
            self._audit(connection, "attempt", attempt=number, student=student, run=run)
        return int(number)

    def mark(
        self,
        student: str,
        exercise: str,
        points: Fraction | None,
        comment: str = "",
        label: str = "manual",
    ) -> None:
        """Give or take points by hand, or comment; the newest under a label counts.

        Raises:
            CourseError: the student is not known, or there are neither points nor a comment.
            StoreError: the database refuses.
        """
        if points is None and not comment.strip():
            raise CourseError("a mark says something: give points, a comment or both")
        values = {"label": label, "points": points, "comment": comment, "author": self.who}
        self._decide(schema.MARKS, "mark", student, exercise, values)

    def override(self, student: str, exercise: str, score: Fraction | None, reason: str) -> None:
        """Let a score stand whatever was earned; None lifts the override.

        Raises:
            CourseError: the student is not known, the score is below 0, or no reason is given.
            StoreError: the database refuses.
        """
        _check_reason(reason, "an override")
        if score is not None and score < 0:
            raise CourseError(f"an override of {points_text(score)} points; write 0 or more")
        values = {"score": score, "reason": reason, "author": self.who}
        self._decide(schema.OVERRIDES, "override", student, exercise, values)

    def extend(self, student: str, exercise: str, due: str | None, reason: str) -> None:
        """Give one student until `due`, as gradebook.yml writes it; None takes it back.

        Raises:
            CourseError: the student is not known, `due` is no due time, or no reason is given.
            StoreError: the database refuses.
        """
        _check_reason(reason, "an extension")
        try:
            if due is not None:
                policy.read_due(due)
        except ValueError as error:
            raise CourseError(
                f"{error}; write 2026-10-12 or 2026-10-12 23:59 Europe/Berlin"
            ) from error
        values = {"due": due, "reason": reason, "author": self.who}
        self._decide(schema.EXTENSIONS, "extension", student, exercise, values)

    def tell(self, standings: Sequence[Standing]) -> None:
        """Record what was told to students, to compare with later."""
        at = _now()
        rows = [
            {
                "student": one.student,
                "exercise": one.exercise,
                "score": one.score.earned,
                "possible": one.score.possible,
                "is_decided": int(one.score.is_decided),
                "attempt": one.chosen and one.chosen.attempt,
                "made_of": json.dumps(one.made_of(), ensure_ascii=False),
                "at": at,
            }
            for one in standings
        ]
        if not rows:
            return
        with self._writing() as connection:
            # In one order, so that two who tell at once wait for each other and not for ever.
            for student in sorted({one.student for one in standings}):
                self._note(connection, student)
            connection.execute(insert(schema.SCORES), rows)
            self._audit(connection, "scores told", count=len(rows))

    def _decide(
        self,
        table: Table,
        what: str,
        student: str,
        exercise: str,
        values: Mapping[str, object],
    ) -> None:
        """Add a person's decision about a student whom the gradebook knows."""
        if not self.who.strip():
            raise CourseError("a decision has an author; say who with --author")
        with self._writing() as connection:
            known = select(schema.STUDENTS.c.student).where(schema.STUDENTS.c.student == student)
            if connection.scalar(known) is None:
                raise CourseError(
                    f'there is no student "{student}" in the gradebook {self.name}; '
                    "write the key as grade report shows it"
                )
            row = {"student": student, "exercise": exercise, "at": _now(), **values}
            number = _added(connection, insert(table).values(row))
            shown = {k: points_text(v) if isinstance(v, Fraction) else v for k, v in values.items()}
            self._audit(
                connection, what, number=number, student=student, exercise=exercise, **shown
            )

    def _note(self, connection: Connection, student: str) -> None:
        """Add a student who is not known."""
        values = {"student": student, "name": "", "section": "", "noted_at": _now()}
        statement = self._insert_new(schema.STUDENTS).returning(schema.STUDENTS.c.student)
        if connection.scalar(statement, values) is not None:
            self._audit(connection, "student", student=student)

    def _submission(
        self,
        connection: Connection,
        attempt: Attempt,
        student: str,
        submitted_at: datetime | None,
    ) -> int:
        """Find what was handed in, or add it."""
        key = submission_key(student, attempt.exercise, attempt.digest, submitted_at)
        table = schema.SUBMISSIONS
        values = {
            "key": key,
            "student": student,
            "exercise": attempt.exercise,
            "digest": attempt.digest,
            "submitted_at": submitted_at,
            "path": attempt.path,
            "noted_at": _now(),
        }
        number = connection.scalar(self._insert_new(table).returning(table.c.id), values)
        if number is not None:
            self._audit(connection, "submission", submission=number, student=student)
            return int(number)
        return int(connection.execute(select(table.c.id).where(table.c.key == key)).scalar_one())

    def _insert_new(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """Insert a row unless it is there."""
        if self._is_postgres:
            return postgresql.insert(table).on_conflict_do_nothing()
        return sqlite.insert(table).on_conflict_do_nothing()

    def _audit(self, connection: Connection, what: str, **detail: object) -> None:
        """Add a line to the audit trail."""
        text = json.dumps(detail, ensure_ascii=False)
        values = {"at": _now(), "who": self.who, "what": what, "detail": text}
        connection.execute(insert(schema.AUDIT), values)


def open_gradebook(where: str, who: str, *, is_new_allowed: bool = True) -> Gradebook:
    """Open the gradebook at a path or a URL; see `connect` for what can be wrong."""
    engine, name = connect(where, is_new_allowed)
    return Gradebook(engine, name, who)


def _now() -> datetime:
    return datetime.now(UTC)


def _added(connection: Connection, statement: Insert) -> int:
    """Add one row, and give its number."""
    key = connection.execute(statement).inserted_primary_key
    assert key is not None
    return int(key[0])


def _kept_before(connection: Connection, submission: int, run: int | None) -> int:
    table = schema.ATTEMPTS
    found = select(table.c.id).where(
        table.c.submission == submission, table.c.run == run, table.c.status == "graded"
    )
    return int(connection.execute(found).scalar_one())


def _check_student(student: str) -> None:
    if not student.strip() or len(student) > _LONGEST:
        raise CourseError(
            f"a student is called {student[:60]!r}; write a key of 1 to {_LONGEST} characters"
        )


def _check_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise CourseError(f"{what} has a reason; say it with --reason")
