"""Tests of `grade export` for what a platform starts by itself."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader import autograder
from grader.cli import command
from grader.course import load

ROOT = Path(__file__).parents[2]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with the first exercise of this repository, in which one stands."""
    for tree in ("exercises", "solutions", "tests"):
        shutil.copytree(ROOT / tree / "exercise-01", tmp_path / tree / "exercise-01")
    shutil.copy(ROOT / "gradebook.yml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def export(*words: str) -> Result:
    """Run `grade export`."""
    return CliRunner().invoke(command, ["export", *words])


@pytest.mark.parametrize("platform", ["gradescope", "classroom50"])
def test_it_writes_the_zip(platform: str, course: Path) -> None:
    """-o names the file, and a word the exercise."""
    done = export(f"{platform}-autograder", "1", "-o", "a.zip")
    known = load(course)

    assert done.exit_code == 0
    assert (course / "a.zip").read_bytes() == autograder.build(platform, known, known.exercises[0])


def test_it_writes_to_a_pipe(course: Path) -> None:
    """Without -o the same bytes go to stdout."""
    done = export("gradescope-autograder", "1")
    known = load(course)

    assert done.stdout_bytes == autograder.build("gradescope", known, known.exercises[0])


def test_one_exercise_has_to_be_named(course: Path) -> None:
    """A whole course is no autograder."""
    done = export("gradescope-autograder", "-o", "a.zip")

    assert done.exit_code == 2
    assert done.stderr == (
        "grade: gradescope-autograder is for one exercise; name one: exercise-01, exercise-02, "
        "exercise-03, exercise-04, exercise-05\n"
    )
    assert not (course / "a.zip").exists()


def test_an_attempt_has_its_exercise(course: Path) -> None:
    """A format of attempts takes no exercise."""
    done = export("junit", "1")

    assert done.exit_code == 2
    assert done.stderr == (
        'grade: junit is made of an attempt, which says whose exercise it is; leave "1" out\n'
    )


def test_who_puts_checks_on_the_web_is_told(course: Path) -> None:
    """Classroom 50's folder is public; where it would hold checks, that is said."""
    done = export("classroom50-autograder", "1", "-o", "a.zip")

    assert done.stderr == (
        "grade: Classroom 50 puts this on the web, where the checks of exercise-01 can be read by "
        "who finds the address; sealed they stay closed: grade seal exercise-01, then this again\n"
    )


def test_who_sealed_them_is_not(course: Path) -> None:
    """With a seal nothing is said, and nothing either where strangers read no zip."""
    (course / "sealed").mkdir()
    (course / "sealed/exercise-01.sealed").write_bytes(b"sealed")

    assert export("classroom50-autograder", "1", "-o", "a.zip").stderr == ""
    assert export("gradescope-autograder", "1", "-o", "a.zip").stderr == ""
