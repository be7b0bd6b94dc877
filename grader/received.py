"""What a platform hands over: where in it an exercise's answers lie, and what is said of none.

A platform gives a folder, and what is in it is the student's: a repository with the whole course,
or the files of one exercise alone. No link in it is followed on the way, since one could lead to
the reference solution.
"""

import hashlib
import platform
from importlib import metadata
from pathlib import Path

from grader import __version__, scoring
from grader.errors import SubmissionError
from grader.records import (
    Attempt,
    Check,
    Environment,
    Exercise,
    Outcome,
    Verdict,
    Visibility,
)

# The digest of no files at all.
_OF_NOTHING = hashlib.sha256().hexdigest()


def place(folder: Path, exercise: Exercise) -> Path | None:
    """Find the folder with an exercise's answers in what a platform handed over.

    Args:
        folder: what was handed over.
        exercise: the exercise.

    Returns:
        `exercises/ID` in the folder, or `ID`; None where it has neither.

    Raises:
        SubmissionError: it has one, and a link leads there.
    """
    for name in (f"exercises/{exercise.id}", exercise.id):
        inside = folder / name
        if not inside.is_dir():
            continue
        for step in (inside, *inside.parents):
            if step == folder:
                return inside
            if step.is_symlink():
                raise SubmissionError(
                    f"{step.relative_to(folder)}: this is a symbolic link, and links are not "
                    "followed; hand in the folder itself"
                )
    return None


def unreadable(exercise: Exercise, why: str) -> Attempt:
    """Give the attempt for files that cannot be taken in: no points, and the reason as its message.

    Nothing ran, and nothing is undecided: who handed in no file of the exercise has answered
    nothing. A platform that is told nothing would show its own failure instead.
    """
    check = Check("files", "The files can be read.", exercise.points, Visibility.VISIBLE)
    verdicts = (Verdict(check, Outcome.FAILED, why),)
    return Attempt(
        exercise=exercise.id,
        title=exercise.title,
        path="",
        digest=_OF_NOTHING,
        verdicts=verdicts,
        score=scoring.score(verdicts),
        environment=Environment(
            python=platform.python_version(),
            torch=metadata.version("torch"),
            device="cpu",
            threads=1,
            seed=0,
            grader=__version__,
            checks_digest=_OF_NOTHING,
            confinement="none",
        ),
        seconds=0.0,
    )
