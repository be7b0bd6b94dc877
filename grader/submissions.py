"""What a student handed in, as named texts: bounded, digested, and read without following links.

A folder is opened once and everything in it is reached through that one descriptor, so that what
was looked at is what is read. Of a folder only the files that the exercise names are read. The one
link that is followed leads from such a name to another name in the same folder; every other link
is refused, also when it is the handed-in path itself, because a link out of the folder could make
the reference solution somebody's submission.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SubmissionError
from grader.records import Exercise, Source, Submission

# Far more than a person writes as an answer; what is larger holds data.
_MAX_BYTES = 1 << 20
# Beyond this many names a folder is counted no further: 50,000 take a tenth of a second to list.
_MAX_ENTRIES = 50_000
_MAX_NAMED = 20
_MAX_LETTERS = 200

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# O_NONBLOCK: a pipe that takes the place of a file between look and open must not hold us up.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_REASONS = {
    errno.ENOENT: "there is no such file or folder; check the path",
    errno.ENOTDIR: "a part of this path is a file, not a folder; check the path",
    errno.EACCES: "permission denied; make it readable, and the folders above it",
    errno.EPERM: "permission denied; make it readable, and the folders above it",
    errno.ENAMETOOLONG: "the path is too long for this machine; check the path",
    errno.ELOOP: "symbolic links are not followed; hand in the file itself",
}
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")


@dataclass(frozen=True)
class _Listing:
    """What a folder holds besides the files of the exercise, each cut to a few names and a count.

    `ignored` is what a report should mention, `others` all that is not hidden. `is_empty` is
    whether there is nothing at all, and `has_bundle` whether a notebook or an archive is there.
    """

    ignored: tuple[str, ...]
    others: tuple[str, ...]
    is_empty: bool
    has_bundle: bool


def read(path: Path, exercise: Exercise, shown: str | None = None) -> Submission:
    """Take in a submission: a folder, or one Python file.

    A file stands for the exercise's file of its name; where the exercise has just one file, a
    Python file of any name stands for it. Every line end becomes a line feed, and a byte order mark
    goes. Names that the exercise does not ask for are listed in `ignored`, 20 at most and then a
    count, save those that every submission may hold: hidden files, `__pycache__`, README.md,
    hints.yml, `test_*.py`, and the notebook form of a file that the exercise asks for.

    Args:
        path: what was handed in.
        exercise: the exercise that it answers.
        shown: the path in messages and in the record, where `path` itself should not be shown.

    Raises:
        SubmissionError: it cannot be read, or holds none of the exercise's files.
    """
    label = _shown(os.fspath(path) if shown is None else shown)
    place = os.fspath(path)
    if "\0" in place or not _is_encodable(place):
        raise SubmissionError(f"{label}: no file can have this name; check the path")
    with _told(label):
        kind = stat.S_IFMT(os.lstat(place).st_mode)
        if kind == stat.S_IFDIR:
            with _opened(place, _DIRECTORY) as folder:
                return _read_folder(folder, exercise, label)
        if kind == stat.S_IFLNK and not place.endswith(".py"):
            link = f"this is a symbolic link to {_shown(os.readlink(place))!r}"
            raise SubmissionError(f"{label}: {link}; name the folder or file itself")
        wanted = _wanted(os.path.basename(place), exercise, label)
        with _opened(os.path.dirname(place) or ".", _DIRECTORY & ~os.O_NOFOLLOW) as folder:
            text = _read_file(folder, os.path.basename(place), label)
        if text is None:
            raise FileNotFoundError(errno.ENOENT, "gone", place)
    missing = tuple(name for name in exercise.files if name != wanted)
    return _submission(label, [Source(wanted, text)], missing, ())


def read_as(paths: Mapping[str, Path], exercise: Exercise, shown: str) -> Submission:
    """Take in files that lie under other names, as a learning platform's download has them.

    Args:
        paths: where each of the exercise's files lies, by the name that the exercise asks for.
        exercise: the exercise that they answer.
        shown: the path in messages and in the record.

    Raises:
        SubmissionError: one of them cannot be read.
    """
    sources = []
    for name in (name for name in exercise.files if name in paths):
        path, label = paths[name], os.path.join(shown, name)
        with _told(label), _opened(os.fspath(path.parent), _DIRECTORY) as folder:
            if stat.S_ISLNK(os.lstat(path.name, dir_fd=folder).st_mode):
                raise SubmissionError(f"{label}: {_REASONS[errno.ELOOP]}")
            text = _read_file(folder, path.name, label)
        sources += [] if text is None else [Source(name, text)]
    return _made(sources, exercise, shown)


def of_bytes(files: Mapping[str, bytes], exercise: Exercise, shown: str) -> Submission:
    """Take in files out of an archive, by the names that the exercise asks for.

    Raises:
        SubmissionError: one of them is no text, or none of them is the exercise's.
    """
    names = [name for name in exercise.files if name in files]
    sources = [Source(name, _decode(files[name], os.path.join(shown, name))) for name in names]
    return _made(sources, exercise, shown)


def _made(sources: Sequence[Source], exercise: Exercise, shown: str) -> Submission:
    if not sources:
        wanted = ", ".join(exercise.files)
        raise SubmissionError(f"{_shown(shown)}: none of the files of {exercise.id} ({wanted})")
    had = {source.name for source in sources}
    missing = tuple(name for name in exercise.files if name not in had)
    return _submission(_shown(shown), sources, missing, ())


def _read_folder(folder: int, exercise: Exercise, label: str) -> Submission:
    """Take in an open folder."""
    sources, missing = [], []
    for name in exercise.files:
        with _told(os.path.join(label, name)):
            text = _read_file(folder, name, os.path.join(label, name))
        if text is None:
            missing.append(name)
        else:
            sources.append(Source(name, text))
    listing = _list(folder, exercise)
    if not sources:
        raise SubmissionError(_nothing(exercise, label, listing))
    return _submission(label, sources, tuple(missing), listing.ignored)


def _submission(
    label: str, sources: Sequence[Source], missing: tuple[str, ...], ignored: tuple[str, ...]
) -> Submission:
    """Make the record, with the digest of names and texts."""
    digest = hashlib.sha256()
    for source in sources:
        for part in (source.name.encode(), source.text.encode()):
            # The length before each part keeps "a" + "bc" apart from "ab" + "c".
            digest.update(len(part).to_bytes(8, "big") + part)
    return Submission(label, tuple(sources), digest.hexdigest(), missing, ignored)


def _wanted(name: str, exercise: Exercise, label: str) -> str:
    """Say which of the exercise's files a single handed-in file stands for."""
    wanted = ", ".join(exercise.files)
    ending = os.path.splitext(name)[1].lower()
    if name in exercise.files:
        return name
    if ending == ".py" and len(exercise.files) == 1:
        return exercise.files[0]
    if ending == ".py":
        told = f"{exercise.id} has no file of this name; hand in {wanted} or the folder"
    elif ending == ".ipynb":
        told = f"notebooks are not read yet; hand in {wanted} instead"
    elif ending in _ARCHIVES:
        told = f"archives are not read yet; unpack it and hand in the folder, or {wanted}"
    else:
        told = f"this is no folder and no Python file; hand in {wanted} or the folder that holds it"
    raise SubmissionError(f"{label}: {told}")


def _read_file(folder: int, name: str, label: str) -> str | None:
    """Read one file of an open folder as text; None where it is absent."""
    try:
        status = os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        target = os.readlink(name, dir_fd=folder)
        link = f"{label}: this is a symbolic link to {_shown(target)!r}"
        if "/" in target or target in (".", ".."):
            raise SubmissionError(f"{link}, and links are not followed; hand in the file itself")
        name = target
        try:
            status = os.lstat(name, dir_fd=folder)
        except FileNotFoundError as error:
            raise SubmissionError(f"{link}, which is not there; hand in the file itself") from error
    _demand_file(status, label)
    with _opened(name, _FILE, folder) as file:
        # What was opened is looked at again: the name may have come to mean another file.
        _demand_file(os.fstat(file), label)
        data = b""
        while len(data) <= _MAX_BYTES and (part := os.read(file, _MAX_BYTES + 1 - len(data))):
            data += part
    if len(data) > _MAX_BYTES:
        raise SubmissionError(f"{label}: the file grew beyond {_MAX_BYTES:,} bytes; hand in less")
    return _decode(data, label)


def _demand_file(status: os.stat_result, label: str) -> None:
    """Refuse what is no regular file, and what is too large."""
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "a link")
        raise SubmissionError(f"{label}: this is {kind}, not a file; hand in the file itself")
    if status.st_size > _MAX_BYTES:
        raise SubmissionError(
            f"{label}: the file holds {status.st_size:,} bytes, and at most {_MAX_BYTES:,} are "
            "read; hand in the code alone, without data"
        )


def _decode(data: bytes, label: str) -> str:
    """Turn the bytes of a Python file into text whose lines end in a line feed."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SubmissionError(f"{label}: the file is UTF-16 text; save it as UTF-8")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise SubmissionError(
            f"{label}: the file is not UTF-8 text: byte {error.start + 1:,}, in line "
            f"{_line(data, error.start)}, is 0x{data[error.start]:02x}; save it as UTF-8"
        ) from error
    if "\0" in text:
        at = data.index(0)
        raise SubmissionError(
            f"{label}: byte {at + 1:,}, in line {_line(data, at)}, is NUL, which Python code "
            "cannot hold; save the file as plain text"
        )
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _line(data: bytes, at: int) -> int:
    """Count the lines up to a byte, whatever their ends; the first is 1."""
    return len((data[:at] + b".").splitlines())


def _list(folder: int, exercise: Exercise) -> _Listing:
    """List what an open folder holds besides the files of the exercise."""
    quiet = {"__pycache__", "README.md", "hints.yml", *exercise.files}
    quiet |= {os.path.splitext(name)[0] + ".ipynb" for name in exercise.files}
    others: list[str] = []
    ignored: list[str] = []
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            count += 1
            if count > _MAX_ENTRIES:
                break
            if not name.startswith("."):
                others.append(name)
                is_test = name.startswith("test_") and name.endswith(".py")
                if name not in quiet and not is_test:
                    ignored.append(name)
    is_cut = count > _MAX_ENTRIES
    has_bundle = any(name.lower().endswith((".ipynb", *_ARCHIVES)) for name in others)
    return _Listing(_few(ignored, is_cut), _few(others, is_cut), count == 0, has_bundle)


def _few(names: list[str], is_cut: bool) -> tuple[str, ...]:
    """Keep the first names of a list in order, and count the rest."""
    names.sort()
    kept = tuple(_shown(name) for name in names[:_MAX_NAMED])
    rest = len(names) - len(kept)
    if is_cut:
        return (*kept, f"and at least {rest:,} more")
    return (*kept, f"and {rest:,} more") if rest else kept


def _nothing(exercise: Exercise, label: str, listing: _Listing) -> str:
    """Say that a folder holds nothing that was asked for, and what it holds."""
    wanted = ", ".join(exercise.files)
    if listing.is_empty:
        return f"{label}: this folder is empty; hand in {wanted}"
    held = ", ".join(listing.others) or "hidden files only"
    note = "; notebooks and archives are not read yet" if listing.has_bundle else ""
    none = f"none of the files of {exercise.id} ({wanted}) is in this folder"
    return f"{label}: {none}; it holds: {held}{note}"


@contextmanager
def _opened(path: str, flags: int, folder: int | None = None) -> Iterator[int]:
    """Open a path, below `folder` if one is given, and close it at the end."""
    descriptor = os.open(path, flags, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _told(label: str) -> Iterator[None]:
    """Turn what the operating system refuses into a sentence about `label`."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or "it cannot be read")
        raise SubmissionError(f"{label}: {reason}") from error


def _is_encodable(path: str) -> bool:
    """Tell whether the file system can hold the name: no lone surrogates but escaped bytes."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def _shown(text: str) -> str:
    """Write a name that anybody may have chosen so that it prints on one short line."""
    text = text if len(text) <= _MAX_LETTERS else text[: _MAX_LETTERS - 1] + "…"
    return text if text.isprintable() else repr(text)[1:-1]
