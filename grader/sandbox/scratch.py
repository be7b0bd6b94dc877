"""The one folder that a child may write to: private, small, and gone when the child is.

Temporary files belong to honest code too. The kernel bounds each file (RLIMIT_FSIZE) and keeps the
child inside (Landlock); nothing without privileges bounds their number and their sum, so the host
looks at them whenever it looks at the clock. Links, sockets and devices cannot be made in it.
"""

import errno
import itertools
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator

MAX_BYTES = 64 << 20
MAX_ENTRIES = 1000
MAX_DEPTH = 50
# Less is a full disk, whatever was written.
_LEAST_BYTES = 1 << 20
# How the system says that a disk is full, and how torch does.
_REFUSALS = ("No space left on device", "PytorchStreamWriter failed")


class Scratch:
    """A folder made by the host for one child, which becomes the child's own."""

    def __init__(self) -> None:
        self.path = tempfile.mkdtemp(prefix="grader-")

    def excess(self) -> str:
        """Say what is too much in the folder; "" while it is within bounds."""
        total = 0
        for number, size in enumerate(_entries(self.path), 1):
            total += size
            if total > MAX_BYTES:
                return f"more than {MAX_BYTES >> 20} MiB of files"
            if number > MAX_ENTRIES:
                return f"more than {MAX_ENTRIES} files"
        return ""

    def empty(self) -> None:
        """Remove what a check has left, so that the next one starts with nothing.

        Raises:
            OSError: there is more than the child may have: it still writes.
        """
        clear(self.path, 2 * MAX_ENTRIES)

    def remove(self) -> None:
        """Remove the folder; its child must have ended."""
        clear(self.path)
        os.rmdir(self.path)


def lacks_room(words: str) -> str:
    """Say that the disk of all scratches may be why a check failed with these words, or "".

    A child may write `MAX_BYTES`. Where the machine has no room for them, a refusal is the
    machine's fault, and where it has none at all, so may be anything.
    """
    found = os.statvfs(tempfile.gettempdir())
    free = found.f_bavail * found.f_frsize
    if free >= (MAX_BYTES if any(each in words for each in _REFUSALS) else _LEAST_BYTES):
        return ""
    return f"the disk for temporary files is full, with {free >> 10} KiB left; make room there"


def _entries(folder: str, depth: int = 0) -> Iterator[int]:
    """List the sizes of all entries below a folder; one that cannot be read counts as all."""
    try:
        with os.scandir(folder) as found:
            for entry in found:
                yield entry.stat(follow_symlinks=False).st_size
                if entry.is_dir(follow_symlinks=False):
                    yield from (
                        _entries(entry.path, depth + 1) if depth < MAX_DEPTH else (MAX_BYTES,)
                    )
    except FileNotFoundError:
        # The child has just removed it.
        return
    except OSError:
        # Closed to its owner, too long a path, or no folder any more: nobody needs such a thing.
        yield MAX_BYTES + 1


def clear(folder: str, most: int | None = None) -> None:
    """Remove all that is in a folder, however deep it lies and however long its path is.

    What a folder holds moves up before the folder goes, so each pass removes one level.

    Args:
        folder: it stays, empty.
        most: how many entries to remove before giving up, those that moved up counted again; None
            where nobody else can write any more.

    Raises:
        OSError: there are more of them, or somebody else removes them too.
    """
    unused = secrets.token_hex(8)
    left = sys.maxsize - 1 if most is None else most
    for number in itertools.count():
        with os.scandir(folder) as found:
            entries = list(itertools.islice(found, left + 1))
        if not entries:
            return
        if len(entries) > left:
            raise OSError(errno.EBUSY, "there is always more in it", folder)
        left -= len(entries)
        for place, entry in enumerate(entries):
            _remove(entry, f"{folder}/{unused}-{number}-{place}")


def _remove(entry: os.DirEntry[str], above: str) -> None:
    """Remove a file, or a folder whose own folders first move to names that begin as `above`."""
    if not entry.is_dir(follow_symlinks=False):
        os.unlink(entry.path)
        return
    os.chmod(entry.path, stat.S_IRWXU)  # A child may close a folder to its owner.
    with os.scandir(entry.path) as found:
        for place, inner in enumerate(list(found)):
            if inner.is_dir(follow_symlinks=False):
                os.chmod(inner.path, stat.S_IRWXU)
                os.rename(inner.path, f"{above}-{place}")
            else:
                os.unlink(inner.path)
    os.rmdir(entry.path)
