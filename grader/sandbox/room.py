"""Memory for what a child sends: large answers come in large pages, one after another in the same.

A page that is new to a process is emptied before it is given, and emptying 9 MB takes longer than
to fill them. So the memory of a large answer is kept, and the next one is received in it as soon as
nobody looks at the one before. What lay there is never read: a buffer is looked at when it is full.
"""

import mmap
import sys
from contextlib import suppress

_SMALL_BYTES = 1 << 20
_PAGE_BYTES = 2 << 20
_KEPT_BYTES = 16 << 20  # A larger one is given back when its answer goes.
# References to what is kept and looked at by nobody: the list's, and the argument's of the count.
_UNUSED = 2

_kept: list[mmap.mmap] = []


def take(size: int) -> memoryview:
    """Give so many bytes, in memory that is taken as it is filled.

    The child may have announced more than it sends.
    """
    if size <= _SMALL_BYTES:
        return memoryview(bytearray(size))
    if _kept and len(_kept[0]) >= size and sys.getrefcount(_kept[0]) == _UNUSED:
        return memoryview(_kept[0])[:size]
    room = _made(-(-size // _PAGE_BYTES) * _PAGE_BYTES)
    if size <= _KEPT_BYTES:
        _kept[:] = [room]
    return memoryview(room)[:size]


def give_back() -> None:
    """Keep nothing: there is another use for the memory than the next large answer."""
    _kept.clear()


def _made(size: int) -> mmap.mmap:
    if not sys.platform.startswith("linux"):
        return mmap.mmap(-1, size)
    room = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):
        # Pages of 2 MiB, where there are some: taking small ones costs more than filling them.
        room.madvise(mmap.MADV_HUGEPAGE)
    return room
