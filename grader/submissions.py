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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader import forms, notebook
from grader.errors import SubmissionError
from grader.forms import Form
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
    """What a folder holds besides the files of the exercise.

    `ignored` is what a report should mention, `others` all that is not hidden. `is_empty` is
    whether there is nothing at all, `is_cut` whether there is more than was looked at.
    """

    ignored: list[str]
    others: list[str]
    is_empty: bool
    is_cut: bool

    @property
    def notebooks(self) -> list[str]:
        """The notebooks among them."""
        return [name for name in self.others if forms.is_notebook(name)]

    @property
    def has_archive(self) -> bool:
        """Whether an archive is among them."""
        return any(name.lower().endswith(_ARCHIVES) for name in self.others)


def read(path: Path, exercise: Exercise, shown: str | None = None) -> Submission:
    """Take in a submission: a folder, one Python file, or one notebook.

    A file stands for the exercise's file of its name; where the exercise has just one file, a
    Python file of any name stands for it. A notebook of any name stands for all of them; where a
    folder holds files and a notebook, `forms` chooses. Every line end becomes a line feed, and a
    byte order mark goes. Names that the exercise does not ask for are listed in `ignored`, 20 at
    most and then a count, save those that every submission may hold: hidden files, `__pycache__`,
    README.md, hints.yml, `test_*.py`, the backups of `grade reset`, and the notebook form of a file
    that the exercise asks for.

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
        is_notebook = forms.is_notebook(place)
        if kind == stat.S_IFLNK and not (is_notebook or place.endswith(".py")):
            link = f"this is a symbolic link to {_shown(os.readlink(place))!r}"
            raise SubmissionError(f"{label}: {link}; name the folder or file itself")
        name = os.path.basename(place)
        wanted = name if is_notebook else _wanted(name, exercise, label)
        with _opened(os.path.dirname(place) or ".", _DIRECTORY & ~os.O_NOFOLLOW) as folder:
            text = _read_file(folder, name, label)
        if text is None:
            raise FileNotFoundError(errno.ENOENT, "gone", place)
    if is_notebook:
        return _submission(label, forms.of_notebook(text, exercise, label))
    missing = tuple(name for name in exercise.files if name != wanted)
    return _submission(label, Form((Source(wanted, text),), missing))


def read_as(paths: Mapping[str, Path], exercise: Exercise, shown: str) -> Submission:
    """Take in files that lie under other names, as a learning platform's download has them.

    Args:
        paths: where each of the exercise's files lies, by the name that the exercise asks for, and
            its notebook, by any name.
        exercise: the exercise that they answer.
        shown: the path in messages and in the record.

    Raises:
        SubmissionError: one of them cannot be read.
    """

    def reader(path: Path, label: str) -> forms.Read:
        def read_it() -> str:
            with _told(label), _opened(os.fspath(path.parent), _DIRECTORY) as folder:
                if stat.S_ISLNK(os.lstat(path.name, dir_fd=folder).st_mode):
                    raise SubmissionError(f"{label}: {_REASONS[errno.ELOOP]}")
                text = _read_file(folder, path.name, label)
                if text is None:
                    raise FileNotFoundError(errno.ENOENT, "gone", path)
                return text

        return read_it

    readers = {name: reader(path, os.path.join(shown, name)) for name, path in paths.items()}
    return _made(readers, exercise, shown)


def of_bytes(files: Mapping[str, bytes], exercise: Exercise, shown: str) -> Submission:
    """Take in files out of an archive, by the names that the exercise asks for, and its notebook.

    Raises:
        SubmissionError: one of them is no text, or none of them is the exercise's.
    """
    readers = {
        name: partial(_decode, data, os.path.join(shown, name)) for name, data in files.items()
    }
    return _made(readers, exercise, shown)


def of_cells(cells: Iterable[tuple[int, str]], exercise: Exercise, shown: str) -> Submission:
    """Take in code cells that were run in a notebook, by the numbers that Jupyter gave them.

    Commands to Jupyter are left out and told: what was run cannot be taken back.

    Raises:
        SubmissionError: no code was run, or it cannot be read.
    """
    code = notebook.gather(cells, shown, refuses=False)
    if not code.cells:
        raise SubmissionError(f"{shown}: no cell with code was run; run those of {exercise.id}")
    source = Source(exercise.files[0], code.text, code.cells)
    return _submission(shown, Form((source,), (), code.notes))


def _made(readers: Mapping[str, forms.Read], exercise: Exercise, shown: str) -> Submission:
    form = forms.choose(readers, exercise, shown)
    if form is None:
        wanted = ", ".join(exercise.files)
        raise SubmissionError(f"{_shown(shown)}: none of the files of {exercise.id} ({wanted})")
    return _submission(_shown(shown), form)


def _read_folder(folder: int, exercise: Exercise, label: str) -> Submission:
    """Take in an open folder."""

    def read_it(name: str) -> str | None:
        with _told(os.path.join(label, name)):
            return _read_file(folder, name, os.path.join(label, name))

    texts = {name: text for name in exercise.files if (text := read_it(name)) is not None}
    readers: dict[str, forms.Read] = {name: partial(str, text) for name, text in texts.items()}
    listing = _list(folder, exercise)
    meant = forms.only(listing.notebooks, exercise)
    if meant is not None:
        readers[meant] = lambda: read_it(meant) or ""
    form = forms.choose(readers, exercise, label)
    if form is None:
        raise SubmissionError(_nothing(exercise, label, listing))
    # What a note tells of a notebook says more.
    is_told = any(source.cells for source in form.sources) or form.notes
    ignored = [name for name in listing.ignored if not (is_told and name == meant)]
    return _submission(label, form, _few(ignored, listing.is_cut))


def _submission(label: str, form: Form, ignored: tuple[str, ...] = ()) -> Submission:
    """Make the record, with the digest of names, texts and cells."""
    digest = hashlib.sha256()
    for source in form.sources:
        cells = [repr(source.cells)] if source.cells else []
        for part in (source.name, source.text, *cells):
            # The length before each part keeps "a" + "bc" apart from "ab" + "c".
            digest.update(len(part.encode()).to_bytes(8, "big") + part.encode())
    return Submission(label, form.sources, digest.hexdigest(), form.missing, ignored, form.notes)


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
    elif ending in _ARCHIVES:
        told = f"archives are not read yet; unpack it and hand in the folder, or {wanted}"
    else:
        told = f"this is no folder, no Python file and no notebook; hand in {wanted} or the folder"
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
    most = notebook.MAX_BYTES if forms.is_notebook(name) else _MAX_BYTES
    _demand_file(status, label, most)
    with _opened(name, _FILE, folder) as file:
        # What was opened is looked at again: the name may have come to mean another file.
        _demand_file(os.fstat(file), label, most)
        data = bytearray()
        while len(data) <= most and (part := os.read(file, most + 1 - len(data))):
            data += part
    if len(data) > most:
        raise SubmissionError(f"{label}: the file grew beyond {most:,} bytes; hand in less")
    return _decode(bytes(data), label)


def _demand_file(status: os.stat_result, label: str, most: int) -> None:
    """Refuse what is no regular file, and what is too large."""
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "a link")
        raise SubmissionError(f"{label}: this is {kind}, not a file; hand in the file itself")
    if status.st_size > most:
        less = "clear its outputs in Jupyter and save it" if most > _MAX_BYTES else (
            "hand in the code alone, without data")  # fmt: skip
        raise SubmissionError(
            f"{label}: the file holds {status.st_size:,} bytes, and at most {most:,} are read; "
            f"{less}"
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
                # What `grade reset` leaves beside a file.
                is_backup = ".py.backup-" in name
                if name not in quiet and not is_test and not is_backup:
                    ignored.append(name)
    return _Listing(sorted(ignored), sorted(others), count == 0, count > _MAX_ENTRIES)


def _few(names: list[str], is_cut: bool) -> tuple[str, ...]:
    """Keep the first names of a list in order, and count the rest."""
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
    none = f"none of the files of {exercise.id} ({wanted}) is in this folder"
    if listing.notebooks:
        held = ", ".join(_few(listing.notebooks, listing.is_cut))
        own = forms.own_name(exercise)
        return (
            f"{label}: {none}, and no {own}; it holds the notebooks {held}: name the one to grade"
        )
    held = ", ".join(_few(listing.others, listing.is_cut)) or "hidden files only"
    note = "; archives are not read here: unpack it" if listing.has_archive else ""
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
