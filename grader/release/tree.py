"""Which files of `exercises/` leave: those of each exercise, and what its README.md names.

    the files of gradebook.yml      the stubs
    README.md, hints.yml            the task, and the hints
    test_*.py                       the visible checks
    gradients.ipynb                 the notebook that README.md and the stub make
    what README.md names            pictures/slope.png, by its path from the exercise's folder

Whatever else lies there stays and is told: what nobody named, nobody meant to give away. So do
files that git ignores, which another clone of the course would not have. A link is followed by
nobody.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from grader import forms, handout, hints
from grader.errors import CourseError
from grader.records import Course, Exercise

EXERCISES = "exercises"

# What lies in tests/, and has another place nowhere.
_SECRET = ("mistakes.py", "variants.py", "equivalent.yml", "convergence.json", "convergence.svg")

# What Python, Jupyter, editors and `grade` itself leave behind; it is not even told.
_LITTER = ("__pycache__", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "*.pyc", "*.backup-*",
           "*~", ".*.swp", ".pytest_cache")  # fmt: skip

# Text whose line ends depend on the machine on which a clone was made.
_TEXTS = (".py", ".md", ".yml", ".ipynb")


@dataclass(frozen=True)
class Taken:
    """What leaves of `exercises/`: contents by path from the course's folder, sorted.

    `front` is the text of exercises/README.md, if the teacher has written one for the whole course.
    `left_out` are files that stay, with the reason: "exercises/exercise-01/notes.txt (README.md
    does not name it)".
    """

    files: Mapping[str, bytes]
    front: bytes | None
    left_out: tuple[str, ...]


def take(course: Course) -> Taken:
    """Choose what leaves.

    Raises:
        CourseError: a file that has to leave is not there, is a link or cannot be read; or one
            lies there that belongs to tests/.
    """
    root = course.root
    listed = list(_walk(root, EXERCISES))
    ignored = _ignored(root, listed)
    wanted = {f"{EXERCISES}/{each.id}": each for each in course.exercises}
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    front = None
    texts = {folder: _readme(root, folder) for folder in wanted}
    for path in listed:
        folder = "/".join(path.split("/")[:2])
        reason = "git ignores it" if path in ignored else ""
        if path in wanted:
            raise _linked(path)
        if path == f"{EXERCISES}/{handout.README}":
            front = _read(root, path)
        elif folder not in wanted:
            left_out.append(f"{path} ({reason or 'it is of no exercise in gradebook.yml'})")
        elif reason or not _is_meant(path, wanted[folder], texts[folder]):
            _refuse_secret(path, wanted[folder])
            left_out.append(f"{path} ({reason or 'README.md does not name it'})")
        else:
            files[path] = _read(root, path)
    _demand(wanted, files, left_out)
    return Taken(dict(sorted(files.items())), front, tuple(left_out))


def _walk(root: Path, folder: str) -> Iterator[str]:
    """List what lies below a folder, sorted, links among them; not what programs left behind."""
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        raise CourseError(
            f"{folder} cannot be read: {error.strerror}; a course has its stubs there"
        ) from error
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if any(fnmatch(entry.name, pattern) for pattern in _LITTER):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, path)
        else:
            yield path


def _ignored(root: Path, paths: list[str]) -> frozenset[str]:
    """Ask git which files it ignores; none where the course is in no clone, or there is no git."""
    # Of the rules only those that lie in the clone: every machine has to give the same release.
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    try:
        ended = subprocess.run(
            ["git", "check-ignore", "-z", "--stdin"],
            cwd=root,
            env=environment,
            input="".join(f"{path}\0" for path in paths).encode(errors="surrogateescape"),
            capture_output=True,
            check=False,
        )
    except OSError:
        return frozenset()
    told = ended.stdout.decode(errors="surrogateescape") if ended.returncode == 0 else ""
    return frozenset(told.split("\0")) - {""}


def _readme(root: Path, folder: str) -> str:
    path = root / folder / handout.README
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def _is_meant(path: str, exercise: Exercise, readme: str) -> bool:
    name = "/".join(path.split("/")[2:])
    own = (*exercise.files, forms.own_name(exercise), handout.README, hints.HINTS)
    if name in own or ("/" not in name and fnmatch(name, "test_*.py")):
        return True
    return is_named(readme, name)


def is_named(readme: str, name: str) -> bool:
    """Whether a README names a file, by its path from the exercise's folder."""
    return bool(re.search(rf"(?<![\w/.-])(?:\./)?{re.escape(name)}(?![\w/-]|\.\w)", readme))


def _refuse_secret(path: str, exercise: Exercise) -> None:
    name = path.rpartition("/")[2]
    if name in _SECRET:
        raise CourseError(
            f"{path} belongs to what students do not receive; move it to tests/{exercise.id}/"
        )


def _demand(wanted: Mapping[str, Exercise], files: Mapping[str, bytes], left: list[str]) -> None:
    """Demand the stubs and the task of every exercise."""
    for folder, exercise in wanted.items():
        for name in (*exercise.files, handout.README):
            path = f"{folder}/{name}"
            if path in files:
                continue
            is_ignored = any(each.startswith(f"{path} (") for each in left)
            why = "is ignored by git" if is_ignored else "is not there"
            what = "write the task there" if name == handout.README else "write the stub there"
            raise CourseError(
                f"{path} {why}; {'take it out of .gitignore' if is_ignored else what}"
            )


def _read(root: Path, path: str) -> bytes:
    """Read a file that leaves; text as it is on Linux, whatever its line ends are here."""
    place = root / path
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        if os.path.islink(root.joinpath(*parts[:end])):
            raise _linked("/".join(parts[:end]))
    if not path.isprintable():
        raise CourseError(f"{path!a} has a name that does not print; rename it")
    try:
        data = place.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from error
    return data.replace(b"\r\n", b"\n") if path.endswith(_TEXTS) else data


def _linked(path: str) -> CourseError:
    return CourseError(
        f"{path} is a link, and what it leads to may be anything; put the file itself there"
    )
