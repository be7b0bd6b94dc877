"""Beside a key: what a verb needs that seals exercises, or grades them as they were sealed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from grader.errors import ConfinementError, CourseError, SandboxError
from grader.records import Exercise

VARIABLE = "GRADER_KEY"


@dataclass(frozen=True)
class Given:
    """What is graded, and behind which walls; `told_as` is the course's folder if a seal is open.

    `root` holds the exercise: the course itself, or what was opened for this one grading.
    """

    root: Path
    exercise: Exercise
    confine: str
    told_as: Path | None = None


def demand_library() -> None:
    """Find what encrypts, which need not be installed.

    Raises:
        CourseError: it is not.
    """
    if find_spec("nacl") is None:
        raise CourseError(
            "sealed exercises need PyNaCl, which is not installed here; type "
            "pip install 'pytorch-grader[seal]'"
        )


@contextmanager
def given(root: Path, exercise: Exercise, confine: str) -> Iterator[Given]:
    """Give what lies in the folder; where there is a key in the environment, what it opens.

    Args:
        root: the folder of the course.
        exercise: the one that is meant.
        confine: the walls that are asked for.

    Raises:
        GraderError: there is a key, and nothing that it opens; `grader.opened` says why. What the
            block raises of sealed checks is told without their words.
    """
    if not os.environ.get(VARIABLE, "").strip():
        yield Given(root, exercise, confine)
        return
    demand_library()
    # Nearly nobody has a key, and nobody else waits for the walls and for the library.
    from grader import opened  # noqa: PLC0415
    from grader.sandbox.walls import kernel  # noqa: PLC0415
    from grader.seal import keys  # noqa: PLC0415

    key = keys.from_environment()
    assert key is not None
    with opened.opened(exercise, key, confine) as found, _withholding(exercise.id):
        kernel.close_memory()
        # What is open is graded behind all walls or not at all.
        yield Given(found.root, found.exercise, "strict", told_as=root)


@contextmanager
def _withholding(exercise_id: str) -> Iterator[None]:
    """Keep the words of a check that fails itself from whoever reads along, as in a log."""
    more = f"In the teacher's copy, grade rehearse {exercise_id} tells more"
    try:
        yield
    except ConfinementError:
        raise
    except CourseError as error:
        raise CourseError(
            f"the checks of {exercise_id} are at fault, not the answers. {more}"
        ) from error
    except SandboxError as error:
        raise SandboxError(
            f"the trusted process has not come to the end of {exercise_id}; is torch installed, "
            f"and is there memory left? {more}"
        ) from error
