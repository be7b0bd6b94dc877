"""Tests of `grade export` for a whole class, on a real gradebook, as a teacher runs it."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import command
from grader.gradebook.store import open_gradebook
from grader.records import Attempt

Make = Callable[..., Attempt]
MONDAY = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
COURSE = """\
course: C
zone: Europe/Berlin
late: 10 % a day
drop: 1
exercises:
  - {id: exercise-03, title: Gradients, files: [a.py], points: 4, due: 2026-10-12 23:59}
  - {id: exercise-04, title: Training loop, files: [b.py], points: 4}
"""
CANVAS = (
    "Student,ID,SIS Login ID,Section,Gradients (41),Training Loop (42)\r\n"
    "    Points Possible,,,,4.00,4.00\r\n"
    '"Lovelace, Ada",101,ada,A,,\r\n"Bo, Bob",102,bo1,B,1.00,\r\n"Cyd",103,cyd,B,,\r\n'
)
MOODLE = (
    '\ufeffIdentifier,"Full name",Status,Grade,"Maximum grade","Grade can be changed"\n'
    'Participant 7,"Ada Lovelace","Submitted for grading",,4.00,Yes\n'
    'Participant 8,"Bob Bo","Submitted for grading",,4.00,Yes\n'
)


@pytest.fixture
def course(tmp_path: Path, made: Make, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with a gradebook in which lateness, a mark, an override and an ungraded one are."""
    (tmp_path / "gradebook.yml").write_text(COURSE, "utf-8")
    (tmp_path / "canvas.csv").write_bytes(CANVAS.encode())
    (tmp_path / "moodle.csv").write_bytes(MOODLE.encode())
    (tmp_path / "class.csv").write_text("student,login\nada,al\nbob,bo1\n", "utf-8")
    with open_gradebook(str(tmp_path / "gradebook.db"), "teacher") as book:
        book.enrol("ada", "Lovelace, Ada", "A")
        book.keep(made(digest="a", shape="passed", grad="passed"), "ada", WEDNESDAY)
        book.keep(made("exercise-04", digest="b", shape="passed", grad="failed"), "ada", MONDAY)
        book.mark("ada", "exercise-03", Fraction(1, 2), label="style")
        book.keep(made(digest="c", shape="passed", grad="failed"), "bob", MONDAY)
        book.override("bob", "exercise-03", Fraction(3), "The check was wrong.")
        book.keep(made(digest="d", shape="passed", grad="ungraded"), "cyd", MONDAY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRADE_GRADEBOOK", raising=False)
    return tmp_path


def export(*words: str) -> Result:
    """Run `grade export`."""
    return CliRunner().invoke(command, ["export", *words])


def test_canvas(course: Path) -> None:
    """The file has the scores of the gradebook; who is not in it is told, and who was meant how."""
    done = export("canvas", "canvas.csv", "--roster", "class.csv", "-o", "filled.csv")

    assert (done.exit_code, done.stdout) == (0, "")
    assert (course / "filled.csv").read_bytes().decode() == CANVAS.replace(
        "ada,A,,", "ada,A,3.7,2"
    ).replace("1.00", "3")
    assert done.stderr.splitlines() == [
        "grade: exercise-03: had another number, which is replaced: Bo, Bob (1.00 → 3)",
        "grade: exercise-03: not graded yet, left as they are: Cyd",
        "grade: exercise-04: nothing handed in, left as they are: Bo, Bob; Cyd",
        "grade: 3 cells written, 0 cells had the right number already",
    ]


def test_canvas_in_one_exercise(course: Path) -> None:
    """One exercise can be chosen, by any word, and its column named; the file goes to stdout."""
    words = ("--exercise", "4", "--column", "ex4=41", "--roster", "class.csv")
    done = export("canvas", "canvas.csv", *words)

    assert done.stdout_bytes.decode() == CANVAS.replace("ada,A,,", "ada,A,2,")


def test_moodle(course: Path) -> None:
    """A worksheet is filled in for its one exercise."""
    done = export("moodle", "moodle.csv", "--exercise", "3")

    assert done.exit_code == 0
    assert done.stdout_bytes.decode() == MOODLE.replace(",,4.00", ",3.7,4.00", 1)
    assert done.stderr.splitlines() == [
        "grade: rows of nobody in the gradebook, left as they are: Bob Bo",
        "grade: in the gradebook and without a row, so not in this file: bob; cyd",
        "grade: 1 cell written, 0 cells had the right number already",
    ]


def test_moodle_s_exercise_by_its_column(course: Path) -> None:
    """Who names the column of the grades names the exercise with it."""
    done = export("moodle", "moodle.csv", "--column", "exercise-03=Grade")

    assert ",3.7,4.00" in done.stdout


def test_scores(course: Path) -> None:
    """A table of the course has totals without what is dropped, and each check where asked."""
    done = export("scores", "--checks", "--roster", "class.csv")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "student,name,section,exercise-03,exercise-03/shape,exercise-03/grad,exercise-03/other,"
        "exercise-04,exercise-04/shape,exercise-04/grad,exercise-04/other,total,possible,dropped,"
        "ungraded\n"
        'ada,"Lovelace, Ada",A,3.7,2,2,-0.3,2,2,0,0,3.7,4,exercise-04,\n'
        "bob,,,3,2,0,1,,,,,3,4,exercise-04,\n"
        "cyd,,,,,,,,,,,,,,exercise-03\n"
    )


@pytest.mark.parametrize("words", [("4",), ("--exercise", "exercise-04")])
def test_nbgrader(words: tuple[str, ...], course: Path) -> None:
    """One exercise can be named as everywhere."""
    assert export("nbgrader", *words).stdout.splitlines()[1:] == [
        "exercise-04,,,bob,,,,0.0,0.0,0.0,4.0",
        "exercise-04,,,cyd,,,,0.0,0.0,0.0,4.0",
        "exercise-04,,2026-10-12 12:00:00,ada,Lovelace,Ada,,2.0,0.0,2.0,4.0",
    ]


def test_another_gradebook(course: Path) -> None:
    """--gradebook names where it is."""
    (course / "gradebook.db").rename(course / "old.db")

    assert export("scores").exit_code == 2
    assert export("scores", "--gradebook", "old.db").exit_code == 0


REFUSED = {
    ("canvas",): "canvas fills in a file: download it there, then: grade export canvas "
    "DOWNLOADED.csv -o FILLED.csv",
    ("canvas", "nowhere.csv"): "nowhere.csv cannot be read: No such file or directory; check the "
    "path",
    ("canvas", "moodle.csv"): "moodle.csv: this is no gradebook of Canvas: its first line has no "
    "columns Student, ID and Section; take the file from Grades, Export",
    ("canvas", "canvas.csv", "--checks"): "--checks is for scores alone; leave it out",
    ("canvas", "canvas.csv", "--from", "a.json"): "canvas is made of the gradebook, so --from says "
    "nothing; leave it out",
    ("canvas", "canvas.csv", "--column", "Gradients"): "--column Gradients: write EXERCISE=HEADER, "
    'as --column "exercise-03=Exercise 03 (4711)"',
    ("canvas", "canvas.csv", "--column", "3=41", "--column", "ex3=42"): "--column names "
    "exercise-03 twice; leave one out",
    ("moodle", "moodle.csv"): "a worksheet of Moodle is for one exercise; say which with "
    "--exercise: exercise-03, exercise-04",
    ("scores", "--scale"): "--scale is for formats that fill in a file; leave it out",
    ("scores", "3", "--exercise", "4"): '"3" and --exercise 4 are two; leave one out',
    ("junit", "--from", "a.json", "--roster", "class.csv"): "junit is made of an attempt, so "
    "--roster says nothing; leave it out",
    ("gradescope-autograder", "3", "--checks"): "gradescope-autograder is made of an exercise, so "
    "--checks says nothing; leave it out",
    ("scroes",): 'there is no format "scroes"; did you mean scores?',
}  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
def test_refused(words: tuple[str, ...], course: Path) -> None:
    """Words that do not go together, and files that are something else, get a sentence."""
    done = export(*words)

    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"grade: {REFUSED[words]}\n")


def test_nothing_is_written_where_something_is_refused(course: Path) -> None:
    """A file that was there stays as it was."""
    (course / "filled.csv").write_text("old", "utf-8")
    done = export("canvas", "moodle.csv", "-o", "filled.csv")

    assert done.exit_code == 2
    assert (course / "filled.csv").read_text("utf-8") == "old"


LOADED = """
import sys
from grader.cli import main
sys.argv = ["grade", "export", "--list"]
try:
    main()
except SystemExit:
    pass
print(sorted({"sqlalchemy", "torch", "yaml"} & set(sys.modules)), file=sys.stderr)
"""


def test_attempts_wait_for_no_database() -> None:
    """The verb brings neither the database nor torch, which an attempt needs nothing of."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )

    assert done.stderr == "[]\n"
