"""Judges of one nursery take turns at large answers that nothing is known of yet.

To judge such an answer its check is run, and if it is wrong once more with the reference and with
known mistakes in the student's place: for a moment three times the answer, and two judges would
hold twice that. So a judge that has received one waits until no other judge is at one. Nobody's
limits count the time. Whoever has the turn holds a lock that the kernel keeps by process, on a file
without a name: a judge that is killed has no turn any more. A judge without a nursery is alone and
never waits.
"""

import os
import sys

if sys.platform != "win32":
    import fcntl

# Of tensors in the answers to one check. Below, what is saved is not worth the waiting.
LARGE_BYTES = 16 << 20

_gate: int | None = None
_is_ours = False


def begin() -> None:
    """Have all processes that are forked from now on take turns with each other; Linux only."""
    global _gate  # noqa: PLW0603  One for the process, as its descriptor is.
    _gate = os.memfd_create("turns")


def take(size: int) -> None:
    """Wait for the turn if there are so many bytes to be judged that it needs one.

    Args:
        size: bytes of the tensors in the answers to a check.
    """
    global _is_ours  # noqa: PLW0603  As the lock is.
    if _gate is not None and not _is_ours and size > LARGE_BYTES:
        fcntl.lockf(_gate, fcntl.LOCK_EX)
        _is_ours = True


def leave() -> None:
    """Let the next one have the turn, if it is ours."""
    global _is_ours  # noqa: PLW0603  As the lock is.
    if _gate is not None and _is_ours:
        fcntl.lockf(_gate, fcntl.LOCK_UN)
        _is_ours = False
