"""What a student's desk shows: where they stand, what is next, and which hint is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from grader import course, desk
from grader.errors import CourseError
from grader.memory import Memory, Past, Standing, Tried
from grader.records import Outcome
from grader.reports.progress import Line, Next

NOW = datetime(2026, 10, 12, 12, tzinfo=UTC)
GRADEBOOK = """\
course: One
exercises:
  - {id: exercise-01, title: Rows, files: [rows.py], points: 5, due: 2026-10-12 18:00 UTC}
  - {id: exercise-02, title: Columns, files: [a.py, b.py], points: 2}
"""
VISIBLE = """\
@pytest.mark.points(1)
def test_add(student):
    '''Rows are added.'''
@pytest.mark.points(0.5)
@pytest.mark.parametrize("n", [1, 2])
def test_dot(student, n):
    '''Rows are multiplied.'''
"""
STUB = "def add(a, b):\n    raise NotImplementedError\n"
HINTS = {
    "hidden_one": ("Look.", "Closer.", "There."),
    "add": ("a", "b", "c"),
    "dot": ("d", "e", "f"),
}


@pytest.fixture
def known(tmp_path):
    """A student's copy of a course of two exercises, of which one has visible checks."""
    for number in (1, 2):
        (tmp_path / f"exercises/exercise-0{number}").mkdir(parents=True)
    (tmp_path / "gradebook.yml").write_text(GRADEBOOK)
    (tmp_path / "exercises/exercise-01/test_rows.py").write_text(VISIBLE)
    (tmp_path / "exercises/exercise-01/rows.py").write_text(STUB)
    return course.load(tmp_path)


def past(**outcomes):
    """An attempt in which checks ended so, in this order."""
    one = Fraction(1)
    checks = tuple(
        Tried(name, f"Sentence of {name}.", True, outcome, one, one)
        for name, outcome in outcomes.items()
    )
    return Past("exercise-01", "d", NOW, one, one, True, checks)


def test_where_a_student_stands(known):
    """Points come from the marks of visible checks, the due time is that of the reader's clock."""
    (first, second), _ = desk.look(known, None, NOW, known.root)

    assert first.due is not None
    assert first.due.astimezone(UTC) == datetime(2026, 10, 12, 18, 0, tzinfo=UTC)
    assert replace(first, due=None) == Line(
        "exercise-01", "Rows", Fraction(5), Fraction(2), Fraction(2)
    )
    assert second == Line("exercise-02", "Columns", Fraction(2), Fraction(0), Fraction(0))


def test_hidden_checks_that_are_here_count(known, tmp_path):
    """In a teacher's copy all points can be earned."""
    (tmp_path / "tests/exercise-01").mkdir(parents=True)
    (tmp_path / "tests/exercise-01/test_more.py").touch()
    (first, _), _ = desk.look(known, None, NOW, known.root)

    assert (first.visible, first.here) == (Fraction(2), Fraction(5))


@pytest.mark.parametrize("text", ["def (", VISIBLE.replace("[1, 2]", "SIZES")])
def test_points_that_no_text_tells_are_not_guessed(text, known, tmp_path):
    """A check file that cannot be read, or counts its cases, leaves the points open."""
    (tmp_path / "exercises/exercise-01/test_rows.py").write_text(text)
    (first, _), _ = desk.look(known, None, NOW, known.root)

    assert (first.visible, first.here) == (None, None)


def line(number, is_full=False, due=None):
    """A line of the table, due in so many days."""
    best = Fraction(1) if is_full else None
    when = None if due is None else NOW + timedelta(days=due)
    return Line(f"exercise-0{number}", "T", Fraction(1), best, best, best, best, None, when)


@pytest.mark.parametrize(
    ("lines", "last", "chosen"),
    [
        ([line(1), line(2), line(3)], None, 1),
        ([line(1), line(2), line(3)], "exercise-02", 2),
        ([line(1), line(2, True), line(3)], "exercise-02", 3),
        ([line(1), line(2, True), line(3, True)], "exercise-03", 1),
        ([line(1), line(2), line(3)], "exercise-09", 1),
        ([line(1), line(2, due=5), line(3, due=2)], "exercise-01", 3),
        ([line(1, due=-1), line(2), line(3)], "exercise-01", 2),
        ([line(1, due=-1), line(2, True)], None, 1),
        ([line(1, True)], "exercise-01", None),
        ([], None, None),
    ],
)
def test_what_is_next(lines, last, chosen):
    """What is due soonest, then the exercise last tried and those after it; last what is over."""
    found = desk.following(lines, last, NOW)

    assert (found and found.exercise) == (chosen and f"exercise-0{chosen}")


def test_what_to_do_next(known, tmp_path):
    """Who has not begun reads, who has begun asks for a hint, who is done is told so."""
    first, second = known.exercises
    readme = str(Path("exercises/exercise-02/README.md"))
    tried = past(add=Outcome.PASSED, dot=Outcome.FAILED)

    assert desk.advice(second, None, True, tmp_path) == Next(
        f"exercise-02, Columns: read {readme}, write a.py and b.py beside it, then type",
        ("grade exercise-02",),
    )
    assert desk.advice(first, tried, True, tmp_path) == Next(
        "exercise-01, Rows: 1 of 2 checks pass in the last attempt",
        ("grade hint exercise-01", "grade exercise-01"),
    )
    assert desk.advice(None, None, True, tmp_path) == Next(
        "Every point that can be earned here is earned. The other checks are tried at submission.",
        (),
    )
    assert desk.advice(None, None, False, tmp_path).sentence.endswith("Well done.")


@pytest.mark.parametrize(
    ("tried", "chosen"),
    [
        (None, "add"),
        (past(add=Outcome.FAILED, dot=Outcome.RAISED), "add"),
        (past(add=Outcome.SKIPPED, dot=Outcome.TIMED_OUT), "dot"),
        (past(add=Outcome.UNGRADED, dot=Outcome.PASSED), "add"),
        (past(unhinted=Outcome.FAILED, dot=Outcome.FAILED), "dot"),
        (past(add=Outcome.PASSED, dot=Outcome.PASSED), "hidden_one"),
        (past(add=Outcome.PASSED, dot=Outcome.PASSED, hidden_one=Outcome.PASSED), None),
    ],
)
def test_which_check_gets_the_hint(tried, chosen, known):
    """The first that was lost; else the first that has not passed, visible ones before hidden."""
    assert desk.check_to_hint(known.exercises[0], HINTS, tried, None) == chosen


@pytest.mark.parametrize("word", ["dot", "test_dot", "dot[2]"])
def test_a_check_that_is_named(word, known):
    """A check may be named as the report, the file or a case of it names it."""
    found = desk.check_to_hint(known.exercises[0], HINTS, None, word)

    assert found == word.removeprefix("test_")


def test_a_check_that_has_no_hints(known):
    """A name that is none is answered with the nearest and with all there are."""
    with pytest.raises(CourseError) as caught:
        desk.check_to_hint(known.exercises[0], HINTS, None, "ad")
    assert str(caught.value) == (
        'there are no hints for "ad" in exercise-01; did you mean add? '
        "There are some for: hidden_one, add, dot"
    )


@pytest.mark.parametrize(
    ("check", "title", "note"),
    [
        ("add", "Rows are added.", "add: not tried yet"),
        ("dot[2]", "Rows are multiplied.", "dot[2]: not tried yet"),
        ("hidden_one", "hidden_one", "tried at submission: this check is not in your copy"),
    ],
)
def test_a_sentence_is_told_only_where_a_report_may_show_it(check, title, note, known):
    """A visible check has its sentence; of a hidden one that no report named, only its id."""
    found = desk.ladder(known.exercises[0], check, ("Look.",), 3, None)

    assert (found.title, found.note, found.outcome) == (title, note, None)


def test_a_hidden_check_that_a_report_has_shown(known):
    """Where a report has shown a hidden check's sentence, the hint may repeat it."""
    tried = past(hidden_one=Outcome.RAISED)
    found = desk.ladder(known.exercises[0], "hidden_one", ("Look.",), 3, tried)

    assert found.title == "Sentence of hidden_one."
    assert found.note.startswith("hidden_one: raised an error in the last attempt, ")


def test_what_comes_after_a_hint(known, tmp_path):
    """While there are hints the next is named; after the last, what else helps."""
    exercise = known.exercises[0]

    assert desk.after(exercise, "add", 2, 3, tmp_path) == (
        "for the next: grade hint exercise-01 add",
    )
    assert desk.after(exercise, "add", 3, 3, tmp_path)[0].startswith("That was the last.")


def test_only_untouched_files_are_noticed(known, tmp_path):
    """A stub is kept at first sight; what is written in, damaged or absent is not."""
    kept = Memory(tmp_path)
    first, second = known.exercises
    (second.stub_dir / "a.py").write_text(STUB.replace("raise NotImplementedError", "return a"))
    for exercise in (first, second, first):
        desk.notice(kept, exercise)
    (first.stub_dir / "rows.py").write_text(STUB.replace("add", "plus"))
    desk.notice(kept, first)

    assert kept.stubs("exercise-01") == {"rows.py": STUB}
    assert kept.stubs("exercise-02") == {}


def test_whose_files_are_remembered(known, tmp_path):
    """The files of the exercise's own folder are one's own; a folder that is handed in is not."""
    exercise = known.exercises[0]
    (tmp_path / "exercises/exercise-01-old").mkdir()

    assert desk.is_own(exercise, None)
    assert desk.is_own(exercise, exercise.stub_dir)
    assert desk.is_own(exercise, exercise.stub_dir / "rows.py")
    assert not desk.is_own(exercise, tmp_path)
    assert not desk.is_own(exercise, tmp_path / "exercises/exercise-01-old")


def test_the_memory_decides_what_is_shown(known):
    """Best score and last attempt come from the memory."""
    (first, _), _ = desk.look(known, None, NOW, known.root)
    standing = Standing(2, NOW, Fraction(1), Fraction(2))
    found = desk._line(known.exercises[0], standing)

    assert first.best is None
    assert (found.best, found.possible) == (Fraction(1), Fraction(2))
    assert found.last_at is not None
    assert found.last_at.astimezone(UTC) == NOW
