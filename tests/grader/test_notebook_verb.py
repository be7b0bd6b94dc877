"""`grade notebook` builds notebooks, where the whole course is."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GRADE = [sys.executable, "-c", "from grader.cli import main; main()"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Copy what `grade notebook` needs of the course."""
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "gradebook.yml", tmp_path)
    return tmp_path


def notebook(folder: Path, *words: str) -> tuple[int, str, str]:
    """Run the command; its exit code, and what it says."""
    ended = subprocess.run(
        [*GRADE, "notebook", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_what_is_stale_is_built_again(course: Path) -> None:
    """Of all exercises, the notebook that is missing or stale is written, and no other."""
    place = course / "exercises/exercise-02/operations.ipynb"
    fresh = place.read_text(encoding="utf-8")
    place.unlink()
    code, said, _ = notebook(course)

    assert (code, place.read_text(encoding="utf-8")) == (0, fresh)
    assert said.splitlines()[:3] == [
        "exercises/exercise-01/tensors.ipynb is fresh; nothing was changed.",
        "exercises/exercise-02/operations.ipynb is built from README.md and operations.py.",
        "exercises/exercise-03/gradients.ipynb is fresh; nothing was changed.",
    ]


def test_a_students_work_is_not_overwritten(course: Path) -> None:
    """In a copy of the course without references nothing is built."""
    shutil.rmtree(course / "solutions")
    place = course / "exercises/exercise-03/gradients.ipynb"
    place.write_text("work")

    assert notebook(course, "3") == (
        2,
        "",
        "grade: there is no solutions/exercise-03: this seems to be a student's copy of the "
        "course, and exercises/exercise-03/gradients.ipynb may be somebody's work; nothing was "
        "written.\n",
    )
    assert place.read_text() == "work"
