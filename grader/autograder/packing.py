"""Zips whose bytes depend on nothing but the files in them, and folders to fill them from.

Names are sorted, all times are the same, the mode of a file is said and not looked up, and nothing
is compressed, since compressors differ: two machines, two checkouts and two days give the same zip.
"""

import io
import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.errors import CourseError

# The earliest that a zip can say.
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def zipped(files: Mapping[str, bytes], programs: tuple[str, ...] = ()) -> bytes:
    """Pack files.

    Args:
        files: what lies where, by names with "/".
        programs: which of them may be executed.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = _UNIX
            entry.external_attr = (stat.S_IFREG | (0o755 if name in programs else 0o644)) << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()


def tree(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder, by their names in it; none where there is no folder.

    What a run leaves behind (`__pycache__`, hidden files) is passed over.

    Raises:
        CourseError: something in it is a link or no file, or cannot be read.
    """
    return {path.relative_to(folder).as_posix(): read(path) for path in _files(folder)}


def read(path: Path) -> bytes:
    """Read one file.

    Raises:
        CourseError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"{path} cannot be read: {error.strerror}; check the path and the permissions"
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(path)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            raise CourseError(
                f"{path} is a link or no file, and would not be the same elsewhere; put the file "
                "itself there"
            )
