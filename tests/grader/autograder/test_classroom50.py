"""Tests of Classroom 50's folder: unpacked, started as its runner does it, in a checkout."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from grader import autograder
from grader.autograder.__main__ import main
from grader.course import load
from grader.records import Course
from grader.seal import closing, keys

from .conftest import (
    MOSTLY,
    OFFLINE,
    REFERENCE,
    ROOT,
    RUNNER,
    SCHEMAS,
    borrow,
    built,
    commit,
    environment,
    parts_of_course,
    unpack,
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's checkout, in which a runner stands."""
    commit(tmp_path / "checkout", REFERENCE.read_text("utf-8"))
    for name, value in RUNNER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path / "checkout")
    return tmp_path / "checkout"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The folder of the assignment, as the runner has unpacked it."""
    unpack(built("classroom50"), tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Course, str]:
    """A course of one exercise that is sealed, and the key."""
    root = tmp_path / "course"
    for tree in ("exercises", "solutions", "tests"):
        shutil.copytree(ROOT / tree / "exercise-01", root / tree / "exercise-01")
    shutil.copy(ROOT / "gradebook.yml", root)
    course, key = load(root), keys.new()
    (root / "sealed").mkdir()
    seal = closing.sealed(course.exercises[0], key)
    (root / "sealed/exercise-01.sealed").write_bytes(seal.data)
    return course, keys.text(key)


def test_its_result_is_one_that_classroom50_takes(bundle: Path, tmp_path: Path) -> None:
    """Started with any Python it sets itself up; points and date are those of the commit."""
    place = tmp_path / "checkout"
    commit(place, MOSTLY)
    borrow(tmp_path / "grader-for-classroom50")
    done = subprocess.run(
        [sys.executable, bundle / "autograder.py"],
        cwd=place,
        env=environment(RUNNER_TEMP=str(tmp_path), **RUNNER, **OFFLINE),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    result = json.loads((place / "result.json").read_text("utf-8"))
    schema = json.loads((SCHEMAS / "classroom50.schema.json").read_text("utf-8"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "exercise-01: 5 / 6\n", "")
    jsonschema.validate(result, schema)
    assert (result["score"], result["max-score"]) == (5, 6)
    assert result["datetime"] == "2026-10-12T21:59:30Z"
    assert result["submission"] == RUNNER["SUBMISSION_TAG"]
    assert "len() of a 0-d tensor" in (place / "release-body.md").read_text("utf-8")


def test_a_set_up_that_fails_is_an_error_of_ours(bundle: Path, tmp_path: Path) -> None:
    """Where the grader cannot be installed, that is said and nothing is graded."""
    (tmp_path / "grader-for-classroom50").write_text("in the way")
    done = subprocess.run(
        [sys.executable, bundle / "autograder.py"],
        cwd=tmp_path,
        env=environment(RUNNER_TEMP=str(tmp_path), **RUNNER, **OFFLINE),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 3
    assert "The grader could not be set up: " in done.stderr
    assert not (tmp_path / "result.json").exists()


def test_a_runner_that_says_too_little(
    bundle: Path,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is graded for nobody: another exit code than 0, and no result."""
    monkeypatch.delenv("CLASSROOM")

    assert main(["classroom50", str(bundle)]) == 2
    assert capsys.readouterr().err.startswith("Nothing was graded: Classroom 50 wants to know more")
    assert not (checkout / "result.json").exists()


def test_no_repository_has_no_date(
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No clock stands in for the date of a commit."""
    monkeypatch.chdir(tmp_path)

    assert main(["classroom50", str(bundle)]) == 3
    assert capsys.readouterr().err == (
        f"Nothing was graded: {tmp_path} is no git repository that says when it was committed\n"
    )


def test_the_seal_is_there_in_place_of_the_checks(sealed: tuple[Course, str]) -> None:
    """The folder is on the web; where an exercise is sealed it has neither checks nor reference."""
    course, _ = sealed

    assert parts_of_course(autograder.build("classroom50", course, course.exercises[0])) == {
        "gradebook.yml",
        "exercises/exercise-01",
        "sealed/exercise-01.sealed",
    }
    assert "tests/exercise-01" in parts_of_course(
        autograder.build("gradescope", course, course.exercises[0])
    )


@pytest.mark.parametrize("has_key", [True, False])
def test_a_sealed_exercise_is_graded_with_its_key_alone(
    has_key: bool, sealed: tuple[Course, str], checkout: Path, tmp_path: Path
) -> None:
    """The runner's key opens the checks; without it nothing is graded, not by the visible ones."""
    course, key = sealed
    unpack(autograder.build("classroom50", course, course.exercises[0]), tmp_path / "bundle")
    done = subprocess.run(
        [sys.executable, "-m", "grader.autograder", "classroom50", tmp_path / "bundle"],
        cwd=checkout,
        env=environment(**RUNNER, **({"GRADER_KEY": key} if has_key else {})),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    expected = (0, "exercise-01: 6 / 6\n", "")
    if not has_key:
        why = "exercise-01 is sealed, and its key is not in the variable GRADER_KEY"
        expected = (3, "", f"Nothing was graded: {why}\n")
    assert (done.returncode, done.stdout, done.stderr) == expected


def test_other_words_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A platform that nobody knows is told."""
    assert main(["blackboard", "."]) == 2
    assert capsys.readouterr().err == (
        "Nothing was graded: write gradescope or classroom50, and a folder; not "
        "['blackboard', '.']\n"
    )
