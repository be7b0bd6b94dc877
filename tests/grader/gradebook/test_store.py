"""What is kept is kept: whole, once, for good, on SQLite and on PostgreSQL."""

import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from grader import scoring
from grader.errors import CourseError, Evidence, StoreError
from grader.gradebook import queries, schema
from grader.gradebook.agreement import disagreements
from grader.gradebook.standing import Standing
from grader.gradebook.store import Gradebook, open_gradebook
from grader.records import (
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Score,
    Verdict,
    Visibility,
)
from grader.reports.attempt import to_json

MONDAY = datetime(2026, 10, 12, 21, 30, tzinfo=UTC)
Make = Callable[..., Attempt]

# With NUL, emoji, quotes, backslashes, half surrogates, and the sign that escapes.
TEXT = st.text(max_size=30) | st.sampled_from(
    [
        "",
        "'; DROP TABLE attempts; --",
        '"',
        "\\",
        "␛0000",
        "a\0b",
        "\ud800",
        "é\u202e",
        "🦊 Zoë",
        "%s",
    ]
)
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)
SECONDS = st.integers(0, 10**8).map(lambda milliseconds: milliseconds / 1000)
POINTS = st.integers(0, 10**6).map(lambda hundredths: Fraction(hundredths, 100))
SIZE = st.none() | st.floats(0, 1e300)
CHECKS = st.builds(Check, TEXT, TEXT, POINTS, st.sampled_from(Visibility), st.none() | TEXT)
VERDICTS = st.builds(
    Verdict,
    CHECKS,
    st.sampled_from(Outcome),
    TEXT,
    st.none() | st.builds(Diagnosis, TEXT, TEXT),
    SECONDS,
    st.none() | st.builds(Evidence, TEXT, TEXT, TEXT, TEXT, TEXT, SIZE, SIZE),
)
SEEDS = st.integers(-(2**63), 2**70)
ENVIRONMENTS = st.builds(
    Environment, TEXT, TEXT, TEXT, st.integers(1, 64), SEEDS, TEXT, DIGEST, TEXT
)
ATTEMPTS = st.builds(
    lambda verdicts, *fields: Attempt(
        *fields[:4], tuple(verdicts), scoring.score(verdicts), *fields[4:]
    ),
    st.lists(VERDICTS, max_size=4),
    *(TEXT, TEXT, TEXT, DIGEST, ENVIRONMENTS, SECONDS),
)
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=ZONES)
STUDENTS = TEXT.filter(str.strip)


def count(book: Gradebook, table: object) -> int:
    """Count the rows of a table."""
    with book.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


@given(attempt=ATTEMPTS, student=STUDENTS, submitted_at=MOMENTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_attempt_comes_back_as_it_was(
    book: Gradebook, attempt: Attempt, student: str, submitted_at: datetime | None
) -> None:
    """Whatever is in an attempt, the gradebook gives it back, and its columns agree with it."""
    number = book.keep(attempt, student, submitted_at)
    (kept,) = queries.attempts(book, [number])

    assert to_json(kept.attempt) == to_json(attempt)
    assert (kept.student, kept.submitted_at) == (student, submitted_at)
    assert disagreements(book, number) == []


def test_columns_that_disagree_are_found(book: Gradebook, made: Make) -> None:
    """An attempt whose columns are not those of its JSON is named, with what differs."""
    number = book.keep(made(shape="passed"), "ada")
    with book.reading() as connection:
        row = dict(connection.execute(select(schema.ATTEMPTS)).mappings().one())
    row |= {"id": number + 1, "score": Fraction(1)}
    with book.engine.begin() as connection:
        connection.execute(insert(schema.ATTEMPTS).values(row))

    assert disagreements(book) == [f"attempt {number + 1}: score, verdicts"]


def test_the_facts_are_in_columns(book: Gradebook, made: Make) -> None:
    """Digests, seed, times, points and verdicts can be asked for without reading JSON."""
    book.keep(made(shape="passed", grad="failed"), "ada", MONDAY, graded_at=MONDAY)
    with book.reading() as connection:
        attempt = connection.execute(select(schema.ATTEMPTS)).mappings().one()
        verdict = connection.execute(select(schema.VERDICTS)).mappings().all()[1]
        handed = connection.execute(select(schema.SUBMISSIONS)).mappings().one()

    assert (attempt["checks_digest"], attempt["seed"]) == ("c" * 64, 20)
    assert (attempt["status"], attempt["score"], attempt["possible"]) == ("graded", 2, 4)
    assert (attempt["seconds"], attempt["graded_at"]) == (1.5, MONDAY)
    assert (handed["digest"], handed["submitted_at"]) == ("a" * 64, MONDAY)
    assert (verdict["check_id"], verdict["outcome"], verdict["points"]) == ("grad", "failed", 0)
    assert (verdict["mistake"], verdict["message"]) == ("twice", "grad is off by 2.")
    assert json.loads(verdict["evidence"])["wanted"] == "2"


@pytest.mark.parametrize("table", schema.FROZEN, ids=lambda table: table.name)
def test_nothing_recorded_is_changed_or_removed(
    book: Gradebook, made: Make, table: schema.Table
) -> None:
    """The database itself refuses to change, remove or empty what was recorded."""
    book.keep(made(shape="passed"), "ada")
    book.mark("ada", "exercise-03", Fraction(1))
    book.override("ada", "exercise-03", Fraction(1), "why")
    book.extend("ada", "exercise-03", "2026-10-12", "why")
    book.tell([Standing("ada", "exercise-03", Score(Fraction(1), Fraction(2), True))])
    column = list(table.c)[-1]
    statements = [update(table).values({column: column}), delete(table)]
    statements += [text(f"TRUNCATE {table.name} CASCADE")] * (book.engine.dialect.name != "sqlite")
    before = count(book, table)
    for statement in statements:
        with (
            pytest.raises(DBAPIError, match="never changed or removed"),
            book.engine.begin() as connection,
        ):
            connection.execute(statement)

    assert count(book, table) == before > 0


def test_a_replaced_row_is_refused(tmp_path: Path, made: Make) -> None:
    """On SQLite, INSERT OR REPLACE is no way around."""
    with open_gradebook(str(tmp_path / "g.db"), "t") as book:
        book.keep(made(shape="passed"), "ada")
        with (
            pytest.raises(DBAPIError, match="never changed or removed"),
            book.engine.begin() as connection,
        ):
            connection.exec_driver_sql("REPLACE INTO attempts SELECT * FROM attempts")


def test_a_run_keeps_a_submission_once(book: Gradebook, made: Make) -> None:
    """Whoever resumes a run may keep again what was kept: nothing is added."""
    run = book.begin_run("batch")
    first = book.keep(made(shape="passed"), "ada", MONDAY, run=run)
    rows = count(book, schema.AUDIT)
    again = book.keep(made(shape="passed"), "ada", MONDAY, run=run)

    assert again == first
    assert count(book, schema.ATTEMPTS) == 1
    assert count(book, schema.AUDIT) == rows


def test_what_was_not_graded_is_kept_and_tried_again(book: Gradebook, made: Make) -> None:
    """An ungraded attempt stays, and stands in nobody's way."""
    run = book.begin_run("batch")
    book.keep(made(shape="ungraded"), "ada", MONDAY, run=run)
    number = book.keep(made(shape="passed"), "ada", MONDAY, run=run)

    assert count(book, schema.ATTEMPTS) == 2
    assert queries.handed_in(book)["ada", "exercise-03"][0].attempt == number


def test_a_regrade_is_another_attempt(book: Gradebook, made: Make) -> None:
    """Another run adds to what is there, and its attempt stands for the same submission."""
    for outcome in ("failed", "passed"):
        run = book.begin_run("batch")
        book.keep(made(shape=outcome), "ada", MONDAY, run=run)
    (one,) = queries.handed_in(book)["ada", "exercise-03"]

    assert count(book, schema.ATTEMPTS) == 2
    assert (one.earned, one.submitted_at) == (2, MONDAY)


def test_every_change_is_in_the_audit_trail(book: Gradebook, made: Make) -> None:
    """Each change leaves a line that says who, what and which."""
    run = book.begin_run("batch", "handed-in")
    book.keep(made(shape="passed"), "ada", run=run)
    book.end_run(run)
    book.enrol("ada", "Ada Lovelace", "B")
    book.enrol("ada", "Ada Lovelace", "B")
    book.mark("ada", "exercise-03", Fraction(1, 2), "Clear names.", "style")
    book.override("ada", "exercise-03", Fraction(8), "The check was wrong.")
    book.extend("ada", "exercise-03", "2026-10-19", "Was ill.")
    trail = queries.audit(book)

    assert [event.what for event in trail] == [
        *("run began", "student", "submission", "attempt", "run ended", "student changed"),
        *("mark", "override", "extension"),
    ]
    assert {event.who for event in trail} == {"teacher"}
    assert json.loads(trail[6].detail)["points"] == "0.5"
    assert json.loads(trail[7].detail)["reason"] == "The check was wrong."


def test_decisions_survive_a_regrade(book: Gradebook, made: Make) -> None:
    """Marks, comments, overrides and extensions are the same after any number of attempts."""
    book.keep(made(shape="failed"), "ada", MONDAY)
    book.mark("ada", "exercise-03", Fraction(1), "old", "style")
    book.mark("ada", "exercise-03", Fraction(2), "new", "style")
    book.mark("ada", "exercise-03", None, "Well done.", "remark")
    book.override("ada", "exercise-03", Fraction(3), "why")
    book.extend("ada", "exercise-03", "2026-10-19", "ill")
    before = queries.decisions(book)
    for _ in range(3):
        book.keep(made(shape="passed"), "ada", MONDAY)
    decided = queries.decisions(book)["ada", "exercise-03"]

    assert queries.decisions(book) == before
    assert [(m.label, m.points, m.comment) for m in decided.marks] == [
        ("style", 2, "new"),
        ("remark", None, "Well done."),
    ]
    assert decided.override is not None
    assert (decided.override.score, decided.override.author) == (3, "teacher")
    assert decided.extension is not None


def test_decisions_can_be_lifted(book: Gradebook) -> None:
    """An override without a score and an extension without a time take the last one back."""
    book.enrol("ada")
    book.override("ada", "exercise-03", Fraction(3), "why")
    book.override("ada", "exercise-03", None, "a mistake")
    book.extend("ada", "exercise-03", "2026-10-19", "ill")
    book.extend("ada", "exercise-03", None, "not ill")
    decided = queries.decisions(book)["ada", "exercise-03"]

    assert (decided.override, decided.extension) == (None, None)
    assert count(book, schema.OVERRIDES) == 2


@pytest.mark.parametrize(
    ("decide", "told"),
    [
        (
            lambda book: book.mark("eve", "e", Fraction(1)),
            'there is no student "eve" in the gradebook ',
        ),
        (
            lambda book: book.mark("ada", "e", None),
            "a mark says something: give points, a comment or both",
        ),
        (
            lambda book: book.override("ada", "e", Fraction(1), " "),
            "an override has a reason; say it with --reason",
        ),
        (
            lambda book: book.override("ada", "e", Fraction(-1), "why"),
            "an override of -1 points; write 0 or more",
        ),
        (
            lambda book: book.extend("ada", "e", "soon", "ill"),
            "'soon' is no date, nor a date with a time and a zone; write 2026-10-12 or "
            "2026-10-12 23:59 Europe/Berlin",
        ),
        (
            lambda book: book.extend("ada", "e", "2026-10-12", ""),
            "an extension has a reason; say it with --reason",
        ),
        (
            lambda book: book.enrol(" "),
            "a student is called ' '; write a key of 1 to 200 characters",
        ),
        (
            lambda book: book.enrol("x" * 201),
            f"a student is called '{'x' * 60}'; write a key of 1 to 200 characters",
        ),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    book: Gradebook, decide: Callable[[Gradebook], None], told: str
) -> None:
    """A decision without its student, reason or sense is one sentence, and no row."""
    book.enrol("ada")
    with pytest.raises(CourseError) as caught:
        decide(book)

    assert str(caught.value).startswith(told)
    assert count(book, schema.AUDIT) == 1


def test_a_decision_has_an_author(where: str) -> None:
    """Without a name nobody decides."""
    with open_gradebook(where, " ") as book:
        book.enrol("ada")
        with pytest.raises(CourseError, match="say who with --author"):
            book.mark("ada", "exercise-03", Fraction(1))


def test_results_that_are_known_are_found_by_address(book: Gradebook, made: Make) -> None:
    """A result is found under its submission, checks, environment and seed, and under no other."""
    attempt = made(shape="passed")
    environment = attempt.environment
    number = book.keep(attempt, "ada", MONDAY)
    book.keep(made(digest="b", shape="ungraded"), "bob", MONDAY)
    book.keep(attempt, "ada", MONDAY, origin=number)
    others = [replace(environment, seed=21), replace(environment, checks_digest="d" * 64),
              replace(environment, torch="2.14.0")]  # fmt: skip
    found = queries.find(book, "exercise-03", attempt.digest, environment)

    assert queries.results(book, "exercise-03", environment) == [
        queries.Result("ada", attempt.digest, MONDAY, number)
    ]
    assert found is not None
    assert (found.number, found.attempt) == (number, attempt)
    assert queries.find(book, "exercise-03", "b" * 64, environment) is None
    assert queries.find(book, "exercise-04", attempt.digest, environment) is None
    for other in others:
        assert queries.results(book, "exercise-03", other) == []
        assert queries.find(book, "exercise-03", attempt.digest, other) is None


def write_many(where: str, name: str, attempt: Attempt, number: int, barrier: object) -> None:
    """Keep attempts from a process of its own; all begin, and open the gradebook, together."""
    barrier.wait()  # type: ignore[attr-defined]
    with open_gradebook(where, name) as book:
        for index in range(number):
            book.keep(attempt, f"student {index}", MONDAY + timedelta(seconds=index))


def test_writers_at_the_same_time_lose_nothing(where: str, made: Make) -> None:
    """Two processes that make one new gradebook and write 200 attempts each lose none."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    words = [(where, name, made(digest=name, shape="passed"), 200, barrier) for name in "ab"]
    writers = [context.Process(target=write_many, args=args) for args in words]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)

    assert [writer.exitcode for writer in writers] == [0, 0]
    with open_gradebook(where, "reader") as book:
        kept = queries.attempts(book)
        assert count(book, schema.SUBMISSIONS) == 400
        assert count(book, schema.VERDICTS) == 400
        assert disagreements(book) == []
    assert len(kept) == 400
    assert {(each.student, each.attempt.digest[0]) for each in kept} == {
        (f"student {index}", name) for index in range(200) for name in "ab"
    }


def test_another_process_does_not_use_it(book: Gradebook) -> None:
    """In a forked process the gradebook refuses, and stays usable where it was opened."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            book.enrol("ada")
        except StoreError as error:
            os.write(writer, str(error).encode())
        os._exit(0)
    os.close(writer)
    told = os.read(reader, 4096).decode()
    os.waitpid(child, 0)
    os.close(reader)
    book.enrol("bob")

    assert told == (
        f"the gradebook {book.name} was opened by another process; "
        "open one in each process that uses it"
    )
    assert queries.students(book) == ["bob"]


WRITER = """
import sys
from grader.gradebook.store import open_gradebook
from grader.reports.attempt import from_json
where, attempt = sys.argv[1], from_json(sys.argv[2])
with open_gradebook(where, "writer") as book:
    while True:
        for number in range(10**6):
            kept = book.keep(attempt, f"student {number}")
            print(kept, flush=True)
"""


def test_what_was_reported_survives_a_kill(where: str, made: Make) -> None:
    """Whenever a writer is killed, every number that it printed is there, whole."""
    reported: list[int] = []
    for patience_s in (0.02, 0.11, 0.23):
        command = [sys.executable, "-c", WRITER, where, to_json(made(shape="passed"))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            reported.append(int(process.stdout.readline()))
            time.sleep(patience_s)
            process.send_signal(signal.SIGKILL)
            reported += [int(line) for line in process.stdout.read().splitlines()]
    with open_gradebook(where, "reader") as book:
        numbers = {each.number for each in queries.attempts(book)}
        assert disagreements(book) == []

    assert set(reported) <= numbers
    assert len(numbers) <= len(reported) + 3


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path, made: Make) -> None:
    """When SQLite can grow no more, what was kept is there, and what was not is not in part."""
    path = str(tmp_path / "g.db")
    with open_gradebook(path, "teacher") as book:
        kept = [book.keep(made(shape="passed"), f"student {n}") for n in range(5)]
        with book.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
        full = ""
        while not full:
            try:
                kept.append(book.keep(made(shape="failed"), f"student {len(kept)}"))
            except StoreError as error:
                full = str(error)
    with open_gradebook(path, "teacher") as book:
        assert [each.number for each in queries.attempts(book)] == kept
        assert disagreements(book) == []
        assert book.keep(made(shape="passed"), "eve") not in kept

    assert full == (
        f"the gradebook {path}: the disk is full. What was recorded before is kept. "
        "Make room and run the command again."
    )


def test_a_limit_on_files_is_said_and_loses_nothing(tmp_path: Path, made: Make) -> None:
    """When the system refuses to let the file grow, it is said, and what was kept is there."""
    path = str(tmp_path / "g.db")
    with open_gradebook(path, "teacher") as book:
        book.keep(made(shape="passed"), "ada")
    script = (
        "import resource, sys\n"
        "from grader.errors import StoreError\n"
        + WRITER.replace("with open", "resource.setrlimit(resource.RLIMIT_FSIZE, (400000,) * 2)\n"
                         "with open")
    )  # fmt: skip
    command = [sys.executable, "-c", script, path, to_json(made(shape="passed"))]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    reported = [int(line) for line in ended.stdout.splitlines()]
    with open_gradebook(path, "teacher") as book:
        numbers = [each.number for each in queries.attempts(book)]

    assert ended.stderr.splitlines()[-1].startswith(
        f"grader.errors.StoreError: the gradebook {path}: the disk refuses to write or to read. "
        "What was recorded before is kept."
    )
    assert len(reported) > 5
    assert set(reported) <= set(numbers)
    assert len(numbers) <= len(reported) + 2


def test_the_file_is_whole_when_a_commit_returns(tmp_path: Path, made: Make) -> None:
    """Commits are synchronised with the disk, and readers do not wait for a writer."""
    with open_gradebook(str(tmp_path / "g.db"), "teacher") as book:
        book.keep(made(shape="passed"), "ada")
        with book.engine.connect() as connection:
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        blocking = sqlite3.connect(tmp_path / "g.db", isolation_level=None)
        blocking.execute("BEGIN IMMEDIATE")
        number = len(queries.attempts(book))
        blocking.close()

    assert settings == ["wal", 2, 1]
    assert number == 1
