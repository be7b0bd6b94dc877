"""Files as one run of bytes: names and contents, sorted, and nothing else.

No times, owners, modes or links, and no compression, whose bytes would depend on the library: the
same files give the same bytes everywhere. What is unpacked may be anybody's, so each number is held
against what is there before it is used, and each name against what a name may be.

    4 bytes                how many files
    for each, by its name  2 bytes, 4 bytes, the name, the content: the first two are their lengths

Numbers stand with their most significant byte first; a name is a path in UTF-8.
"""

import struct
from collections.abc import Mapping

from grader.errors import CourseError

MAX_FILES = 1000
MAX_BYTES = 64 << 20
_MAX_NAME = 400  # bytes
_MAX_PART = 200

_COUNT = struct.Struct(">I")
_LENGTHS = struct.Struct(">HI")


def pack(files: Mapping[str, bytes]) -> bytes:
    """Write files by their names, which are relative paths with "/".

    Raises:
        CourseError: there are too many, or they are too large, or a name cannot be one.
    """
    if len(files) > MAX_FILES:
        raise CourseError(f"{len(files)} files are to be sealed together; at most {MAX_FILES} can")
    total = sum(map(len, files.values()))
    if total > MAX_BYTES:
        raise CourseError(
            f"{total >> 20} MiB are to be sealed together; at most {MAX_BYTES >> 20} MiB can. "
            "Make large data in the checks, from a seed"
        )
    parts = [_COUNT.pack(len(files))]
    by_name = {name.encode("utf-8", "surrogatepass"): name for name in files}
    for data in sorted(by_name):
        name = by_name[data]
        if fault := _fault(name, files):
            raise CourseError(f"the file {name!r} cannot be sealed: its name {fault}; rename it")
        parts += [_LENGTHS.pack(len(data), len(files[name])), data, files[name]]
    return b"".join(parts)


def unpack(data: bytes) -> dict[str, bytes]:
    """Read what `pack` has written, and only that: one content has one form.

    Raises:
        ValueError: it is anything else; a few words that go on from "it".
    """
    count, place = _numbers(_COUNT, data, 0)[0], _COUNT.size
    if count > MAX_FILES or len(data) > MAX_BYTES + MAX_FILES * (_MAX_NAME + _LENGTHS.size):
        raise ValueError("holds more than can be sealed")
    files: dict[str, bytes] = {}
    before = b""
    for _ in range(count):
        length, size = _numbers(_LENGTHS, data, place)
        start = place + _LENGTHS.size
        place = start + length + size
        name = data[start : start + length]
        if place > len(data):
            raise ValueError("ends within a file")
        if name <= before:
            raise ValueError("holds names that are not in order")
        try:
            files[name.decode()] = data[start + length : place]
        except UnicodeDecodeError as error:
            raise ValueError("holds a name that is not UTF-8") from error
        before = name
    if place != len(data):
        raise ValueError("goes on behind its last file")
    for each in files:
        if fault := _fault(each, files):
            raise ValueError(f"holds a file whose name {fault}")
    return files


def _numbers(form: struct.Struct, data: bytes, place: int) -> tuple[int, ...]:
    if place + form.size > len(data):
        raise ValueError("ends within its numbers")
    return form.unpack_from(data, place)


def _fault(name: str, files: Mapping[str, bytes]) -> str:
    """Say why a name cannot be that of a file below a folder; "" where it can."""
    parts = name.split("/")
    if not name.isprintable() or "\\" in name:
        return "has characters that names do not have"
    if len(name.encode()) > _MAX_NAME or max(len(part.encode()) for part in parts) > _MAX_PART:
        return f"is longer than {_MAX_NAME} bytes, or a part of it than {_MAX_PART}"
    if any(part in ("", ".", "..") for part in parts):
        return "leads out of its folder, or is empty"
    if any("/".join(parts[:end]) in files for end in range(1, len(parts))):
        return "goes through another file"
    return ""
