"""The one folder that a child may write to: private, small, and gone when the child is.

Temporary files belong to honest code too. The kernel bounds each file (RLIMIT_FSIZE) and keeps the
child inside (Landlock); nothing without privileges bounds their number and their sum, so the host
looks at them whenever it looks at the clock. Links, sockets and devices cannot be made in it.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator

MAX_BYTES = 64 << 20
MAX_ENTRIES = 1000
MAX_DEPTH = 50


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
        """Remove what a check has left, so that the next one starts with nothing."""
        with os.scandir(self.path) as found:
            for entry in list(found):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, onerror=_unlock)
                else:
                    os.unlink(entry.path)

    def remove(self) -> None:
        """Remove the folder; its child must have ended."""
        shutil.rmtree(self.path, onerror=_unlock)


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
    except PermissionError:
        yield MAX_BYTES + 1


def _unlock(remove: Callable[[str], None], path: str, _: object) -> None:
    """Open a folder that a child has closed to its owner, and try again; ignore what has gone."""
    try:
        os.chmod(os.path.dirname(path), stat.S_IRWXU)
        if os.path.isdir(path) and not os.path.islink(path):
            os.chmod(path, stat.S_IRWXU)
            shutil.rmtree(path, ignore_errors=True)
        else:
            remove(path)
    except FileNotFoundError:
        return
