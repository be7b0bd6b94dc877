"""Other points and other policies give other scores, without running anything, and say why."""

from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from grader import course
from grader.errors import CourseError
from grader.gradebook import points, queries, schema
from grader.gradebook.agreement import disagreements
from grader.gradebook.rescore import Change, Rescored, Unsure, rescore
from grader.gradebook.standings import standings, totals
from grader.gradebook.store import Gradebook
from grader.records import Attempt, Exercise, Score

Make = Callable[..., Attempt]
MONDAY = datetime(2026, 10, 12, 21, 30, tzinfo=UTC)


def write(root: Path, marks: dict[str, str], total: int, extra: str = "") -> tuple[Exercise, ...]:
    """Write a course of one exercise, whose checks would raise if they were run."""
    folder = root / "tests" / "exercise-03"
    folder.mkdir(parents=True, exist_ok=True)
    checks = "".join(
        f"@pytest.mark.points({worth})\ndef test_{name}(student):\n    '''A check.'''\n\n"
        for name, worth in marks.items()
    )
    (folder / "test_gradients.py").write_text(f"import pytest\nraise SystemExit\n{checks}")
    (root / "gradebook.yml").write_text(
        "course: C\nexercises:\n"
        f"- {{id: exercise-03, title: T, files: [a.py], points: {total}{extra}}}\n"
    )
    return course.load(root).exercises


@pytest.fixture
def exercises(tmp_path: Path) -> tuple[Exercise, ...]:
    """A course whose two checks are worth two points each, as those of `made`."""
    return write(tmp_path, {"shape": "2", "grad": "2"}, 4)


def score(earned: str, possible: int = 4) -> Score:
    """Make a decided score."""
    return Score(Fraction(earned), Fraction(possible), True)


def test_without_a_change_nothing_changes(
    book: Gradebook, made: Make, exercises: tuple[Exercise, ...]
) -> None:
    """The first time everything is told; the second time nothing is new, and nothing is added."""
    book.keep(made(shape="passed", grad="failed"), "ada", MONDAY)
    first = rescore(book, exercises)
    lines = len(queries.audit(book))
    second = rescore(book, exercises)

    assert first.changes == (Change("ada", "exercise-03", None, score("2"), ()),)
    assert second == Rescored((), (), 0, 1)
    assert len(queries.audit(book)) == lines


def test_other_points_change_scores(
    book: Gradebook, made: Make, exercises: tuple[Exercise, ...], tmp_path: Path
) -> None:
    """Verdicts get the points of today, as new attempts; the old ones stay."""
    old = book.keep(made(shape="passed", grad="failed"), "ada", MONDAY)
    book.keep(made(digest="b", shape="passed", grad="passed"), "bob", MONDAY)
    rescore(book, exercises)
    found = rescore(book, write(tmp_path, {"shape": "1.5", "grad": "2.5"}, 4))

    assert found.changes == (
        Change(
            "ada",
            "exercise-03",
            score("2"),
            score("1.5"),
            (
                "shape: passed 2 / 2 → passed 1.5 / 1.5",
                "grad: failed 0 / 2 → failed 0 / 2.5  (grad is off by 2.)",
                "checks: 1.5, was 2",
                "attempt: #3, was #1",
            ),
        ),
    )
    assert (found.recorded, found.same) == (2, 1)
    attempts = queries.attempts(book)
    assert [(each.number, each.origin) for each in attempts] == [
        (old, None), (old + 1, None), (old + 2, old), (old + 3, old + 1)]  # fmt: skip
    assert attempts[0].attempt.score == score("2")
    assert attempts[2].attempt.environment == attempts[0].attempt.environment
    assert disagreements(book) == []


def test_a_trial_records_nothing(
    book: Gradebook, made: Make, exercises: tuple[Exercise, ...], tmp_path: Path
) -> None:
    """A trial tells what would change, with its checks, and leaves the gradebook as it was."""
    book.keep(made(shape="passed", grad="failed"), "ada", MONDAY)
    rescore(book, exercises)
    lines = queries.audit(book)
    now = write(tmp_path, {"shape": "1", "grad": "3"}, 4)
    trial = rescore(book, now, is_trial=True)

    assert queries.audit(book) == lines
    assert trial.changes[0].after == score("1")
    assert trial.changes[0].why[0] == "shape: passed 2 / 2 → passed 1 / 1"
    assert trial.changes[0].after == rescore(book, now).changes[0].after


@pytest.mark.parametrize(
    "policy",
    [
        (", due: 2026-10-12 20:00 UTC, late: 25 % a day", "1.5", "1 day late, 25 % off"),
        (", due: 2026-10-11 20:00 UTC, late: not accepted", "0", "2 days late, too late to count"),
    ],
)
def test_another_policy_changes_scores(
    book: Gradebook, made: Make, tmp_path: Path, policy: tuple[str, str, str]
) -> None:
    """A due time counts from the time of handing in, and no attempt is added for it."""
    extra, after, why = policy
    exercises = write(tmp_path, {"shape": "2", "grad": "2"}, 4)
    book.keep(made(shape="passed", grad="failed"), "ada", MONDAY)
    rescore(book, exercises)
    found = rescore(book, write(tmp_path, {"shape": "2", "grad": "2"}, 4, extra))

    assert found.changes == (
        Change("ada", "exercise-03", score("2"), score(after), (f"lateness: {why}, was none",)),
    )
    assert found.recorded == 0
    assert len(queries.attempts(book)) == 1


def test_decisions_change_scores(
    book: Gradebook, made: Make, exercises: tuple[Exercise, ...], tmp_path: Path
) -> None:
    """What a person decided is told as the reason, and outlives other points."""
    book.keep(made(shape="passed", grad="failed"), "ada", MONDAY)
    rescore(book, exercises)
    book.override("ada", "exercise-03", Fraction(3), "The check was wrong.")
    found = rescore(book, exercises)
    rescore(book, write(tmp_path, {"shape": "1", "grad": "3"}, 4))
    (now,) = standings(book, exercises)

    why = "override: 3 by teacher: The check was wrong., was none"
    assert found.changes == (Change("ada", "exercise-03", score("2"), score("3"), (why,)),)
    assert now.score == score("3")


def test_a_regrade_is_told_with_its_checks(
    book: Gradebook, made: Make, exercises: tuple[Exercise, ...]
) -> None:
    """After another attempt the checks that made the difference are named."""
    book.keep(made(shape="failed", grad="failed"), "ada", MONDAY)
    rescore(book, exercises)
    book.keep(made(shape="passed", grad="failed"), "ada", MONDAY)
    (change,) = rescore(book, exercises).changes

    assert change.why[0] == "shape: failed 0 / 2 → passed 2 / 2"


def test_what_verdicts_cannot_tell_is_graded_again(
    book: Gradebook, made: Make, tmp_path: Path
) -> None:
    """A check that is new, or one that waited for a check that is gone, has to be run."""
    book.keep(made(shape="passed"), "ada", MONDAY)
    waiting = made(shape="passed", old="failed", grad="skipped", needs={"grad": "old"})
    book.keep(waiting, "bob", MONDAY)
    found = rescore(book, write(tmp_path, {"shape": "2", "grad": "2"}, 4))

    assert found.unsure == (
        Unsure("ada", "exercise-03", "there is no verdict on grad"),
        Unsure("bob", "exercise-03", "grad was not tried, because of old, which is gone"),
    )
    assert found.recorded == 0


def test_a_check_that_is_gone_no_longer_counts(
    book: Gradebook, made: Make, exercises: tuple[Exercise, ...]
) -> None:
    """The points of a check that was taken away are neither earned nor possible."""
    book.keep(made(shape="passed", wrong="failed", grad="passed"), "ada", MONDAY)
    (change,) = rescore(book, exercises).changes

    assert change.after == score("4")


def test_whoever_handed_in_nothing_has_nothing(
    book: Gradebook, made: Make, exercises: tuple[Exercise, ...]
) -> None:
    """A student of the class without a submission has 0 of the exercise's points."""
    book.enrol("bob")
    book.keep(made(shape="passed", grad="passed"), "ada", MONDAY)
    found = standings(book, exercises)

    assert [(each.student, each.score) for each in found] == [
        ("ada", score("4")),
        ("bob", score("0")),
    ]


def test_totals_are_by_student(book: Gradebook, made: Make, tmp_path: Path) -> None:
    """The points of all exercises are added up, without those that the course drops."""
    text = "- {id: exercise-%s, title: T, files: [a.py], points: 4}\n"
    (tmp_path / "gradebook.yml").write_text(
        "course: C\ndrop: 1\nexercises:\n" + text % "03" + text % "04"
    )
    here = course.load(tmp_path)
    book.keep(made(shape="passed", grad="failed"), "ada")
    book.keep(made(exercise="exercise-04", shape="passed", grad="passed"), "ada")
    (total,) = totals(here, standings(book, here.exercises))

    assert (total.score, total.dropped) == (score("4"), ("exercise-03",))


TWO = "@pytest.mark.points(2)\n"
UNSAID = (
    "does not say as a number what it is worth; put @pytest.mark.points(2) above it, "
    "with at most two decimals"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"{TWO}def test_a(): pass\n",
            "exercise-03: its checks are worth 2 points, gradebook.yml says 4; "
            "change a mark or the points",
        ),
        ("def test_a(): pass\n", f"test_gradients.py:1: test_a {UNSAID}"),
        (
            "N = 4\n@pytest.mark.points(N)\ndef test_a(): pass\n",
            f"test_gradients.py:3: test_a {UNSAID}",
        ),
        (f"{TWO}def test_a(): pass\n" * 2, "test_gradients.py:4: a is here twice; keep one"),
    ],
    ids=["sum", "no points", "no number", "twice"],
)
def test_marks_that_cannot_be_read_are_told(
    exercises: tuple[Exercise, ...], text: str, told: str
) -> None:
    """Points that the text of a file does not show are told with their place."""
    (exercises[0].hidden_dir / "test_gradients.py").write_text(text)
    with pytest.raises(CourseError) as caught:
        points.read(exercises[0])

    assert str(caught.value) == told


def test_a_file_that_is_no_python_is_told(exercises: tuple[Exercise, ...]) -> None:
    """A check file with a slip in it is named."""
    path = exercises[0].hidden_dir / "test_gradients.py"
    path.write_text("def test_a(:\n")
    with pytest.raises(CourseError) as caught:
        points.read(exercises[0])

    assert str(caught.value).startswith(f"{path} cannot be read as Python: ")


def test_marks_of_the_course_are_read() -> None:
    """The marks of this repository's own exercises are read, and add up."""
    for exercise in course.load(Path(__file__).parents[3]).exercises:
        assert sum(points.read(exercise).values()) == exercise.points


def test_bad_marks_change_nothing(
    book: Gradebook, made: Make, exercises: tuple[Exercise, ...], tmp_path: Path
) -> None:
    """Where marks do not add up, nothing is recorded."""
    book.keep(made(shape="passed", grad="passed"), "ada")
    wrong = write(tmp_path, {"shape": "1", "grad": "2"}, 4)
    with pytest.raises(CourseError, match="its checks are worth 3 points"):
        rescore(book, wrong)
    with book.reading() as connection:
        rows = connection.execute(schema.SCORES.select()).all()

    assert rows == []
    assert len(queries.attempts(book)) == 1
