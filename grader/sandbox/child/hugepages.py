"""Torch's memory in pages of 2 MiB, before it is shared by many forks.

A fork copies one entry for each page that a process has, and its end looks at each again: of 146 MB
in pages of 4 KiB these are 36,000, and two milliseconds of each. The C library asks for large pages
for its own heap (see `environment`); Python's arenas lie beside it, and what was written to after
a fork has fallen apart. So the process that others are forked from, and which has written all that
it will, asks the kernel to put its memory together. Nothing else changes.
"""

import ctypes
import re
from contextlib import suppress
from pathlib import Path

_HUGE = 2 << 20  # bytes
_MADV_COLLAPSE = 25  # linux/mman.h; Linux 6.1 and newer
# Private memory of no file that is written to, as the kernel lists it: arenas and the heap.
_REGION = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p 0+ 00:00 0 +(?:\[heap\])?$", re.MULTILINE)


def collapse() -> None:
    """Put what this process has written into large pages; what the kernel refuses stays as it is.

    It takes a tenth of a second, and up to 2 MiB more for each region.
    """
    maps = ""
    with suppress(OSError):
        maps = Path("/proc/self/maps").read_text()
    libc = ctypes.CDLL(None)
    for region in _REGION.finditer(maps):
        start, end = (int(edge, 16) for edge in region.groups())
        for page in range(-(-start // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE):
            libc.madvise(ctypes.c_void_p(page), ctypes.c_size_t(_HUGE), _MADV_COLLAPSE)
