"""What `grade watch` watches and what a key means: no terminal, no clock and no grading in here.

The files of an exercise are looked at every few milliseconds: their times, sizes and inodes. That
costs little for a handful of files, needs nothing installed, and works on every file system, also
where the kernel tells of no changes (network folders, folders of the host of a virtual machine).

An editor does not save in one step. It empties the file and writes it again, or moves the old one
away and another in its place; in between there is half a file, an empty one or none. So a change
counts when nothing has happened for a moment, and a file that is gone or empty is given longer to
come back. What is read too early all the same is read again: it changes once more.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from grader.course import GRADEBOOK
from grader.hints import HINTS
from grader.records import Exercise

# Between two looks, in seconds: forty looks a second cost about a hundredth of a core.
LOOK_S = 0.025
# How long nothing may have changed for a save to be complete, and for a file to be really gone.
_CALM_S, _GONE_S = 0.02, 0.25


@dataclass(frozen=True)
class Stamp:
    """What tells one state of a file from the next: nanoseconds, bytes, and which file it is."""

    modified_ns: int
    size: int
    inode: int


Seen = Mapping[str, Stamp]


def look(root: Path, exercise: Exercise) -> Seen:
    """Look at the files that decide what grading an exercise says, by path; read none of them.

    They are the student's files, as scripts or as notebooks, the checks and hints beside them and
    gradebook.yml; where they are there, also the hidden checks and the reference.
    """
    files = {*exercise.files, *(f"{Path(name).stem}.ipynb" for name in exercise.files), HINTS}
    found = _in_folder(root, frozenset({GRADEBOOK}))
    found |= _in_folder(exercise.stub_dir, files, "test_")
    found |= _in_folder(exercise.hidden_dir, frozenset({"mistakes.py"}), "test_")
    found |= _in_folder(exercise.reference_dir, frozenset(exercise.files))
    return found


def _in_folder(
    folder: Path, names: frozenset[str] | set[str], tests: str | None = None
) -> dict[str, Stamp]:
    """Look at the files of a folder that have one of these names, or begin so and end in `.py`."""
    found = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                is_test = tests and entry.name.startswith(tests) and entry.name.endswith(".py")
                if is_test or entry.name in names:
                    found[entry.path] = _stamp(entry)
    except OSError:
        # The folder is gone, or is closed: grading says so in its own words.
        return {}
    return {path: stamp for path, stamp in found.items() if stamp is not None}


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        status = os.stat(entry.path)
    except OSError:
        return None
    return Stamp(status.st_mtime_ns, status.st_size, status.st_ino)


class Changes:
    """Tells when the files have come to rest in another state than the one that was graded."""

    def __init__(self, graded: Seen) -> None:
        """Begin with what is about to be graded."""
        self._graded = graded
        self._last = graded
        self._since_s = 0.0

    def note(self, seen: Seen, now_s: float) -> bool:
        """Take in one look; whether it is time to grade what is there.

        Args:
            seen: the files as they are.
            now_s: seconds, by any clock that only goes forward.
        """
        if seen != self._last:
            self._last, self._since_s = seen, now_s
        if seen == self._graded:
            return False
        is_short = any(path not in seen or not seen[path].size for path in self._graded)
        if now_s - self._since_s < (_GONE_S if is_short else _CALM_S):
            return False
        self._graded = seen
        return True


class Do(Enum):
    """What a key asks for."""

    GRADE = auto()
    HINT = auto()
    NEXT = auto()
    PREVIOUS = auto()
    ASK = auto()  # whether to reset
    RESET = auto()
    KEEP = auto()  # no reset after all
    LIST = auto()
    QUIT = auto()


_KEYS = {
    "\n": Do.GRADE, "\r": Do.GRADE, "h": Do.HINT, "n": Do.NEXT, "p": Do.PREVIOUS, "r": Do.ASK,
    "l": Do.LIST, "q": Do.QUIT,
}  # fmt: skip

LEGEND = "Enter again  h hint  n next  p previous  r reset  l list  q quit"


class Keys:
    """Understands one key after another: after `r` the next one is the answer."""

    def __init__(self) -> None:
        self._is_asked = False

    def hear(self, letter: str) -> Do | None:
        """Give what a key asks for; None where it is no key of ours."""
        if self._is_asked:
            self._is_asked = False
            return Do.RESET if letter in ("y", "Y") else Do.KEEP
        found = _KEYS.get(letter.lower())
        self._is_asked = found is Do.ASK
        return found


def neighbour(exercises: Sequence[Exercise], id_: str, step: int) -> Exercise | None:
    """Give the exercise so many places further on in the course; None beyond its ends."""
    ids = [exercise.id for exercise in exercises]
    place = ids.index(id_) + step if id_ in ids else 0
    return exercises[place] if 0 <= place < len(exercises) else None


def offer(following: Exercise | None) -> str:
    """Say how to go on after full marks; `following` is None after the last exercise."""
    if following is None:
        return "This was the last exercise of the course."
    return f"When you want to go on, press n: {following.id}, {following.title}."
