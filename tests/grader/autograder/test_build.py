"""Tests of the zips: what is in them, what is not, and the same bytes each time."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from grader import autograder
from grader.course import load
from grader.errors import CourseError

from .conftest import ROOT, built, inside, parts_of_course


@pytest.mark.parametrize("platform", ["gradescope", "classroom50"])
def test_the_same_course_gives_the_same_bytes(platform: str) -> None:
    """Two builds are equal bit for bit."""
    assert built(platform) == built(platform)


def test_gradescope_finds_its_programs_at_the_root() -> None:
    """setup.sh and run_autograder may be executed, and nothing else; lines end as Linux has it."""
    data = built("gradescope")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    files = inside(data)

    assert [name for name, mode in modes.items() if mode != 0o644] == ["run_autograder", "setup.sh"]
    assert modes["setup.sh"] == 0o755
    for name in ("setup.sh", "run_autograder"):
        assert files[name].startswith(b"#!/usr/bin/env bash\n")
        assert b"\r" not in files[name]


@pytest.mark.parametrize("platform", ["gradescope", "classroom50"])
def test_it_holds_one_exercise_and_no_other(platform: str) -> None:
    """Stubs, reference and checks of the exercise are there; of the others only gradebook.yml."""
    data = built(platform)

    assert inside(data)["exercise.txt"] == b"exercise-01\n"
    assert parts_of_course(data) == {
        "gradebook.yml",
        "exercises/exercise-01",
        "solutions/exercise-01",
        "tests/exercise-01",
    }


def test_torch_is_pinned_to_the_release_that_is_installed_here() -> None:
    """The pin names the release without the letters of its build."""
    pin = inside(built("gradescope"))["torch.txt"].decode()

    assert pin.startswith("torch==2.")
    assert "+" not in pin


def test_a_course_without_checks_is_refused(tmp_path: Path) -> None:
    """A student's copy has no hidden checks, so no autograder is built from it."""
    shutil.copy(ROOT / "gradebook.yml", tmp_path)
    course = load(tmp_path)

    with pytest.raises(CourseError) as caught:
        autograder.build("gradescope", course, course.exercises[0])

    assert str(caught.value) == (
        f"exercise-01 has no hidden checks in {tmp_path}/tests/exercise-01; an autograder is built "
        "in the teacher's copy of the course"
    )
