"""A sealed exercise, opened for one grading: where its files lie meanwhile, and who can read them.

Beside a key nothing is believed of the folder but the seal: the check files run in the trusted
process, the command's environment holds the key, and either would be open to a check file that a
student wrote. So without a seal nothing is graded, and neither where the submission could read
what is open, because walls are missing or not wanted.

The files lie in a folder of their own, closed to other users, below one that the command has locked
(`sandbox.place`). It goes with the command; where that is killed the judge empties it, and where
both are killed at once, whoever makes the next one. No child reaches it: a child may read the
interpreter's folders, and write its scratch (`sandbox.walls`).
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader import course
from grader.errors import ConfinementError, CourseError, SandboxError
from grader.records import Exercise
from grader.sandbox import walls
from grader.sandbox.place import Place
from grader.seal import box, closing, parts
from grader.seal.keys import VARIABLE, Key

_WITHOUT = f"or unset {VARIABLE}, and what lies here is graded"


@dataclass(frozen=True)
class Opened:
    """A course of one exercise, all of it the teacher's, for as long as a block runs."""

    root: Path
    exercise: Exercise


@contextmanager
def opened(exercise: Exercise, key: Key, confine: str = "auto") -> Iterator[Opened]:
    """Open the seal of an exercise for a block, in a folder that no child can read.

    Args:
        exercise: the one that is meant, as the folder at hand describes it.
        key: what it was sealed with.
        confine: auto, strict or none, as the user asked for it.

    Raises:
        CourseError: there is no seal, it does not open, it is not what a teacher's copy holds, or
            no walls are wanted.
        ConfinementError: walls are missing here.
        SandboxError: there is no room for the files, or no place that children cannot read.
    """
    _demand_walls(confine)
    files = _unsealed(exercise, key)
    place = Place()
    try:
        root = Path(place.path) / "opened"
        _demand_unreadable(root)
        try:
            _write(root, files)
        except OSError as error:
            raise SandboxError(
                f"there is no room for the opened files: {error.strerror}. Make room, or name a "
                "folder with room in the variable TMPDIR"
            ) from error
        yield Opened(root, course.load(root).exercises[0])
    finally:
        place.remove()


def _demand_walls(confine: str) -> None:
    if confine == "none":
        raise CourseError(
            f"{VARIABLE} is set, and --confine none asks for no walls: the submission could read "
            f"the key and the hidden checks. Leave --confine out; {_WITHOUT}"
        )
    lacking = [
        f"{wall.name} ({wall.missing})"
        for wall in walls.available()
        if wall.missing and wall.name in walls.NEEDED
    ]
    if lacking:
        raise ConfinementError(
            f"{VARIABLE} is set, and nothing here keeps a submission from reading the key and the "
            f"hidden checks: this machine lacks {'; '.join(lacking)}. Use a Linux machine that has "
            f"them; {_WITHOUT}"
        )


def _unsealed(exercise: Exercise, key: Key) -> dict[str, bytes]:
    """Open the seal; where the teacher's files lie beside it, they must be what it holds."""
    data = parts.sealed(exercise)
    name = f"sealed/{exercise.id}.sealed"
    if data is None:
        raise CourseError(
            f"{VARIABLE} is set, and there is no {name}: beside a key only sealed checks are run, "
            f"since any others might be a student's. Seal them with grade seal {exercise.id}; "
            f"{_WITHOUT}"
        )
    files = box.open_(data, key, exercise.id)
    if parts.is_here(exercise) and (names := closing.differing(files, parts.of(exercise))):
        raise CourseError(
            f"{name} is stale: {closing.told(names)} changed. Seal the exercise anew with "
            f"grade seal {exercise.id}; {_WITHOUT}"
        )
    return files


def _demand_unreadable(root: Path) -> None:
    """Refuse a place within a folder that every child may read, as a TMPDIR in an environment."""
    place = os.path.realpath(root)
    for folder in walls.interpreter_paths():
        if place.startswith(folder.rstrip("/") + "/"):
            raise SandboxError(
                f"temporary files lie in {folder}, which submissions may read, so nothing was "
                "opened there. Name a folder elsewhere in the variable TMPDIR"
            )


def _write(root: Path, files: Mapping[str, bytes]) -> None:
    root.mkdir(mode=0o700)
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
