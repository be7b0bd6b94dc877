"""Visible checks as students run them: in a copy of the course that has no reference.

A visible check that asks the reference works wherever a teacher tries it, and ends with an error at
every student's desk. So they are run once more in a folder that holds gradebook.yml and exercises/
alone, with the reference's files in the student's place, and the stub's.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.course import GRADEBOOK
from grader.errors import CourseError, SandboxError
from grader.records import Course, Exercise
from grader.rehearsal import trials
from grader.rehearsal.proof import Finding
from grader.rehearsal.trials import Played

_NAME = "visible"
_EXERCISES = "exercises"
_LITTER = ("__pycache__", ".ipynb_checkpoints", ".git")


def is_offered(exercise: Exercise) -> bool:
    """Whether there is a visible check at all."""
    return any(exercise.stub_dir.glob("test_*.py"))


def none_offered() -> Finding:
    """Tell that there is no visible check, which is no fault."""
    return Finding(_NAME, "there is no visible check; students have nothing to try", None)


@contextmanager
def students_copy(course: Course) -> Iterator[Path]:
    """Make a copy of a course as students have it, for as long as a block runs.

    Raises:
        SandboxError: there is no room for it.
    """
    with tempfile.TemporaryDirectory(prefix="grader-alone-") as name:
        root = Path(name)
        try:
            shutil.copy(course.root / GRADEBOOK, root)
            shutil.copytree(course.root / _EXERCISES, root / _EXERCISES, symlinks=True,
                            ignore=shutil.ignore_patterns(*_LITTER))  # fmt: skip
        except OSError as error:
            raise SandboxError(
                f"the course cannot be copied to {root}: {error}; is there room for temporary "
                "files?"
            ) from error
        yield root


def checks(players: Sequence[Played], exercise: Exercise, root: Path) -> Finding:
    """Demand that the reference passes every visible check there, and that the stub is graded.

    Args:
        players: the reference and the stub, graded in a student's copy.
        exercise: which one they are of.
        root: where that copy lay.
    """
    todo = [
        f"{text.replace(f'{root}/', '')}; {_remedy(exercise)}"
        for played in players
        for text in _faults(played)
    ]
    figures = "the visible checks work without the reference"
    return Finding(_NAME, figures, not todo, tuple(dict.fromkeys(todo)))


def _faults(played: Played) -> list[str]:
    if isinstance(played.graded, CourseError):
        return [str(played.graded).rstrip(".")]
    if not played.actor.is_right:
        return []
    lost = (text.splitlines()[0].rstrip(".") for text in trials.lacking(played.graded))
    return [f"in a student's copy the {played.actor} {text}" for text in lost]


def _remedy(exercise: Exercise) -> str:
    return f"write what is right into the check, or move it to tests/{exercise.id}/."
