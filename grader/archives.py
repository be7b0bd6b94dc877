"""A zip that a student handed in, read within bounds; nothing in it is unpacked onto the disk.

The list of its members is bounded before it is read, and every name in it is looked at before any
is believed. Whatever is wrong, of one member that counts or of the list, refuses the whole archive:
two programs that unpack such a file may see two different submissions.
"""

import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader import forms, notebook
from grader.errors import SubmissionError

_MAX_ARCHIVE = 64 << 20  # bytes on the disk: code alone is a thousandth of that
_MAX_LIST = 1 << 20  # bytes of the list of members
_MAX_MEMBERS = 5_000
_MAX_BYTES = 1 << 20  # of one file, as in `submissions`; of a notebook, as in `notebook`
# Python code shrinks to a quarter; deflate can shrink zeros to a thousandth.
_MAX_RATIO, _RATIO_FROM = 100, 64 << 10

_END = struct.Struct("<4s4H2LH")  # the end record: signature, four counts, size, offset, comment
_END_SIGNATURE, _LOCATOR_SIGNATURE = b"PK\x05\x06", b"PK\x06\x07"
_LOCATOR_BYTES = 20
_ENCRYPTED = 0x1


def names(path: Path, label: str) -> tuple[str, ...]:
    """List the files of an archive, with / between the parts of their names.

    Raises:
        SubmissionError: it is no sound archive, has too many members, or a name in it leaves the
            archive or is there twice once capital and small letters are one.
    """
    with _opened(path, label) as archive:
        return tuple(_checked(archive, label))


def read(path: Path, wanted: Sequence[str], label: str) -> dict[str, bytes]:
    """Read members of an archive, by names that `names` gives.

    Raises:
        SubmissionError: as `names`; or one of them is too large, shrinks beyond belief, is a link,
            is encrypted or is damaged.
    """
    with _opened(path, label) as archive:
        members = _checked(archive, label)
        return {name: _read(archive, members[name], f"{label}/{name}") for name in wanted}


@contextmanager
def _opened(path: Path, label: str) -> Iterator[zipfile.ZipFile]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SubmissionError(f"{label}: it cannot be opened ({error.strerror})") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionError(f"{label}: this is not a file; hand in a zip of the files")
        if status.st_size > _MAX_ARCHIVE:
            raise SubmissionError(
                f"{label}: the archive holds {status.st_size:,} bytes, and at most "
                f"{_MAX_ARCHIVE:,} are read; hand in the code alone, without data"
            )
        _check_end(descriptor, status.st_size, label)
        try:
            archive = zipfile.ZipFile(file)
        # What a list of members can be that breaks the rules of the format.
        except (
            zipfile.BadZipFile,
            ValueError,
            OSError,
            struct.error,
            NotImplementedError,
        ) as error:
            raise SubmissionError(
                f"{label}: this is no sound zip ({error}); pack it again"
            ) from error
        with archive:
            yield archive


def _check_end(descriptor: int, size: int, label: str) -> None:
    """Bound the list of members by what the end of the file says of it, as zipfile reads it."""
    span = min(size, _END.size + (1 << 16) + _LOCATOR_BYTES)
    tail = os.pread(descriptor, span, size - span)
    at = len(tail) - _END.size
    if at < 0 or tail[at : at + 4] != _END_SIGNATURE or tail[-2:] != b"\0\0":
        at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) < at + _END.size:
        raise SubmissionError(f"{label}: this is no zip, or a part of it is missing; pack it again")
    *_, count, list_bytes, _, _ = _END.unpack_from(tail, at)
    is_huge = tail[max(at - _LOCATOR_BYTES, 0) :].startswith(_LOCATOR_SIGNATURE)
    if is_huge or list_bytes > _MAX_LIST or count > _MAX_MEMBERS:
        raise SubmissionError(_too_many(label))


def _checked(archive: zipfile.ZipFile, label: str) -> dict[str, zipfile.ZipInfo]:
    """Look at every name; the files by name."""
    entries = archive.infolist()
    if len(entries) > _MAX_MEMBERS:
        raise SubmissionError(_too_many(label))
    found: dict[str, zipfile.ZipInfo] = {}
    seen: dict[str, str] = {}
    for entry in entries:
        # Some programs on Windows write its own separator.
        name = entry.filename.replace("\\", "/")
        parts = name.rstrip("/").split("/")
        if not name.strip("/") or ".." in parts or name.startswith("/") or ":" in parts[0]:
            raise SubmissionError(
                f"{label}: it has a member {name[:80]!r}, which leads out of the archive; pack the "
                "folder itself"
            )
        # Some file systems do not tell capital letters from small ones, or é from e and ´.
        key = unicodedata.normalize("NFC", name.rstrip("/")).casefold()
        if key in seen and not (name.endswith("/") and seen[key].endswith("/")):
            raise SubmissionError(f"{label}: it has {name[:80]!r} twice; keep one")
        seen[key] = name
        if not name.endswith("/"):
            found[name] = entry
    return found


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str) -> bytes:
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise SubmissionError(
            f"{label}: this is a symbolic link, and links are not followed; hand in the file itself"
        )
    if entry.flag_bits & _ENCRYPTED:
        raise SubmissionError(f"{label}: it is encrypted; pack it without a password")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SubmissionError(f"{label}: it is packed in a rare way; pack it as a plain zip")
    most = notebook.MAX_BYTES if forms.is_notebook(entry.filename) else _MAX_BYTES
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > _RATIO_FROM and ratio > _MAX_RATIO:
        raise SubmissionError(
            f"{label}: {entry.compress_size:,} bytes unpack to {entry.file_size:,}, which no code "
            "does; hand in the code alone"
        )
    try:
        with archive.open(entry) as file:
            # One byte more than may be there, whatever the list says of it.
            data = file.read(most + 1)
    # All that zipfile raises of a damaged member; RuntimeError is a password that is missing.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise SubmissionError(f"{label}: it is damaged ({error}); pack it again") from error
    if len(data) > most:
        raise SubmissionError(
            f"{label}: the file holds more than {most:,} bytes, which is not read; hand in "
            "the code alone, without data"
        )
    return data


def _too_many(label: str) -> str:
    return (
        f"{label}: the archive has more than {_MAX_MEMBERS:,} members, which are not read; hand in "
        "the code alone"
    )
