"""A student's repository, and a job's folder in which the Action has found its interpreter.

repository()            a repository with the stubs of exercises 1 and 3, committed
write(folder, 1, text)  the answer to an exercise
job(folder, **inputs)   the Action, used once; the interpreter is that of the tests
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import runner

FILES = {1: "tensors.py", 3: "gradients.py"}

_GRADEBOOK = """\
course: Tensors
exercises:
  - {id: exercise-01, title: Creating tensors, files: [tensors.py], points: 6}
  - {id: exercise-03, title: Gradients, files: [gradients.py], points: 10}
"""


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, as somebody."""
    who = [
        "-c",
        "user.name=Ada",
        "-c",
        "user.email=ada@example.org",
        "-c",
        "init.defaultBranch=main",
    ]
    return subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def write(folder: Path, exercise: int, text: str | None = None) -> Path:
    """Write the answer to an exercise; without a text, the reference."""
    path = folder / f"exercises/exercise-{exercise:02d}/{FILES[exercise]}"
    if text is None:
        reference = runner.ROOT / f"solutions/exercise-{exercise:02d}/{FILES[exercise]}"
        text = reference.read_text("utf-8")
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Callable[[], Path]:
    """Make a repository with a course of two exercises, hidden checks and all, as stubs."""

    def make() -> Path:
        folder = tmp_path / "repository"
        for exercise in FILES:
            for tree in ("exercises", "solutions", "tests"):
                name = f"{tree}/exercise-{exercise:02d}"
                shutil.copytree(
                    runner.ROOT / name,
                    folder / name,
                    ignore=shutil.ignore_patterns("__pycache__", "*.ipynb"),
                )
        (folder / "gradebook.yml").write_text(_GRADEBOOK)
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "stubs")
        return folder

    return make


@pytest.fixture(scope="package")
def temp() -> Iterator[Path]:
    """A job's folder for temporary files, which children of another user can pass through."""
    with tempfile.TemporaryDirectory(prefix="grade-runner-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def job(temp: Path) -> Callable[..., runner.Job]:
    """Use the Action in a repository, with the interpreter of the tests."""

    def use(folder: Path, **words: object) -> runner.Job:
        inputs = {"python": sys.executable, **dict(words.pop("inputs", {}))}
        return runner.run(folder, temp, inputs, **words)

    return use
