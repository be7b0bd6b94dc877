"""The folder that a release is written into, again and again: what is in it, what would change.

`.release.sha256` lists what a release has written, as `sha256sum --check` reads it. So the next one
knows what is its own: it replaces that, removes what leaves no longer, and touches nothing else,
be it `.git`, a licence or the settings of an editor. A file of that list that somebody has changed
since is theirs, and nothing is written over it unasked.

While files are replaced, one by one and each whole or not at all, the list holds the old and the
new digests. Whatever a crash leaves is known by it, and the next release goes on from there.
"""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError

LIST = ".release.sha256"

_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)")
_DESK = ".release.tmp"
_MODE = 0o644
_MOST_TOLD = 5

Digests = dict[str, set[str]]


@dataclass(frozen=True)
class Changes:
    """What a release would do to a folder, by path, sorted.

    `foreign` are files in its way that no release has written as they are.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether the folder is what would be written."""
        return not (self.new or self.changed or self.gone)


def demand_place(folder: Path, root: Path) -> None:
    """Demand a folder in which a release can lie.

    Args:
        folder: where it is to be written.
        root: the folder of the course.

    Raises:
        CourseError: it is the course itself, around it, or in a tree that is not for students; or
            it is no folder.
    """
    place, course = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    trees = [course / name for name in ("exercises", "solutions", "tests", "sealed", ".git")]
    if course.is_relative_to(place):
        raise CourseError(f"{folder} holds the course itself; name another folder, beside it")
    if any(place.is_relative_to(tree) for tree in trees):
        raise CourseError(f"{folder} lies within the course's own trees; name a folder elsewhere")
    if os.path.lexists(folder) and not folder.is_dir():
        raise CourseError(f"{folder} is no folder; name one that is empty or not there yet")


def compare(files: Mapping[str, bytes], folder: Path) -> Changes:
    """Tell what writing a release would change.

    Raises:
        CourseError: the folder cannot be read, or a link lies in the way.
    """
    ours = _list(folder)
    listing = {**files, LIST: _text({path: {_digest(data)} for path, data in files.items()})}
    new, changed, gone, foreign = [], [], [], []
    for path in sorted({*listing, *ours}):
        now, wanted = _read(folder, path), listing.get(path)
        if now is None:
            new += [path] if wanted is not None else []
            continue
        if wanted is None:
            gone.append(path)
        elif now != wanted or _is_executable(folder / path):
            changed.append(path)
        if now != wanted and path != LIST and _digest(now) not in ours.get(path, ()):
            foreign.append(path)
    return Changes(tuple(new), tuple(changed), tuple(gone), tuple(foreign))


def demand_own(folder: Path, changes: Changes) -> None:
    """Demand that writing destroys nothing but what a release has written.

    Raises:
        CourseError: it would; or the folder holds something and was never released to.
    """
    if changes.foreign:
        told = _few(changes.foreign)
        raise CourseError(
            f"{folder} holds what no release has written as it is: {told}. Move it away, or "
            "write over it with --force"
        )
    if folder.is_dir() and not (folder / LIST).is_file():
        there = sorted(name for name in os.listdir(folder) if name != ".git")
        if there:
            raise CourseError(
                f"{folder} is not empty and holds no earlier release: {_few(there)}. Name an empty "
                "folder, or write beside that with --force"
            )


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write a release; what an earlier one wrote and is in this one no longer goes.

    Raises:
        CourseError: something cannot be written; the next release goes on from there.
    """
    ours = _list(folder)
    changes = compare(files, folder)
    final: Digests = {path: {_digest(data)} for path, data in files.items()}
    both: Digests = {path: set(digests) for path, digests in ours.items()}
    for path, digests in final.items():
        both.setdefault(path, set()).update(digests)
    desk = folder / _DESK
    try:
        folder.mkdir(exist_ok=True)
        _clear(desk)
        desk.mkdir()
        if not changes.is_none:
            _put(folder, LIST, _text(both))
        for path in sorted({*changes.new, *changes.changed} - {LIST}):
            _put(folder, path, files[path])
        for path in changes.gone:
            _remove(folder, path)
        _put(folder, LIST, _text(final))
        _clear(desk)
    except OSError as error:
        where = error.filename or folder
        raise CourseError(
            f"{where} cannot be written: {error.strerror}; when that is put right, release again: "
            "it goes on from here"
        ) from error


def _put(folder: Path, path: str, data: bytes) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("wb", dir=folder / _DESK, delete=False) as file:
        file.write(data)
    os.chmod(file.name, _MODE)
    os.replace(file.name, folder / path)


def _remove(folder: Path, path: str) -> None:
    (folder / path).unlink(missing_ok=True)
    for parent in Path(path).parents:
        if parent == Path() or any((folder / parent).iterdir()):
            return
        (folder / parent).rmdir()


def _clear(desk: Path) -> None:
    if desk.is_dir() and not desk.is_symlink():
        shutil.rmtree(desk)


def _list(folder: Path) -> Digests:
    """Read what earlier releases have written; nothing where there was none."""
    data = _read(folder, LIST)
    found: Digests = {}
    for number, line in enumerate((data or b"").decode("utf-8", errors="replace").splitlines(), 1):
        match = _LINE.fullmatch(line)
        parts = match[2].split("/") if match else [".."]
        if match is None or any(part in ("", ".", "..", ".git") for part in parts):
            raise CourseError(
                f"{folder / LIST} line {number} is no line of a release; take the file as git has "
                "it, or write anew with --force once it is removed"
            )
        found.setdefault(match[2], set()).add(match[1])
    return found


def _text(digests: Mapping[str, Iterable[str]]) -> bytes:
    lines = [f"{one}  {path}\n" for path in sorted(digests) for one in sorted(digests[path])]
    return "".join(lines).encode()


def _read(folder: Path, path: str) -> bytes | None:
    """Read a file of the folder; None where there is none."""
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        part = folder.joinpath(*parts[:end])
        if part.is_symlink():
            raise CourseError(f"{part} is a link, and a release is written through none; remove it")
    place = folder / path
    try:
        if not place.exists():
            return None
        if not stat.S_ISREG(place.stat().st_mode):
            raise CourseError(f"{place} is no file, and a release has one there; move it away")
        return place.read_bytes()
    except NotADirectoryError as error:
        raise CourseError(f"{place.parent} is no folder, and a release has one there") from error
    except OSError as error:
        raise CourseError(f"{place} cannot be read: {error.strerror}") from error


def _is_executable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o111)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _few(names: Iterable[str]) -> str:
    told = list(names)
    more = f" and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    return ", ".join(told[:_MOST_TOLD]) + more
