"""The folder in which a trusted process keeps what it lends to its children.

Whoever starts a trusted process makes the folder and removes it. A program that is killed removes
nothing; so the maker holds a lock on the folder as long as it lives, and whoever makes the next
one removes what nobody has locked, as `sandbox.walls.cgroups` does with groups.
"""

import fcntl
import os
import stat
import tempfile
from contextlib import suppress

from grader.errors import SandboxError
from grader.sandbox import scratch

_PREFIX = "grader-judge-"
_PATIENCE = 50  # tries, where somebody who sweeps meets each folder before it is locked


class Place:
    """A folder that is private to its maker; children may pass through it, each to its own."""

    def __init__(self) -> None:
        """Make it, and remove those that killed programs have left beside it.

        Raises:
            SandboxError: there is no room for it, or no folder for temporary files.
        """
        try:
            beside = tempfile.gettempdir()
            _sweep(beside)
            self.path, self._lock = _made(beside)
        except OSError as error:
            raise SandboxError(
                f"there is no place for temporary files: {error.strerror}. Make room, or name a "
                "folder with room in the variable TMPDIR"
            ) from error

    def remove(self) -> None:
        """Remove it with all that it holds; what is still written to is left to the next sweep."""
        if self._lock < 0:
            return
        with suppress(OSError):
            scratch.clear(self.path)
            os.rmdir(self.path)
        os.close(self._lock)
        self._lock = -1


def _made(beside: str) -> tuple[str, int]:
    """Make a folder and lock it, before anybody who sweeps takes it for one that was left."""
    for _ in range(_PATIENCE):
        path = tempfile.mkdtemp(prefix=_PREFIX, dir=beside)
        lock = _locked(path)
        if lock is not None:
            os.chmod(path, 0o711)
            return path, lock
    raise OSError(0, f"each folder that was made in {beside} has gone at once")


def _locked(path: str) -> int | None:
    """Lock a folder of ours; None where it is somebody else's, locked, or gone."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        seen, there = os.fstat(lock), os.stat(path, follow_symlinks=False)
        # Where anybody may write, a folder of another user's could be exchanged under our hands.
        is_ours = seen.st_uid == os.geteuid() and not seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if is_ours and os.path.samestat(seen, there):
            return lock
    except OSError:
        pass
    os.close(lock)
    return None


def _sweep(beside: str) -> None:
    """Remove the folders whose makers have ended without doing it."""
    for name in os.listdir(beside):
        if not name.startswith(_PREFIX):
            continue
        path = f"{beside}/{name}"
        lock = _locked(path)
        if lock is None:
            continue
        # A child that is just dying may still write; the next one tries again.
        with suppress(OSError):
            scratch.clear(path)
            os.rmdir(path)
        os.close(lock)
