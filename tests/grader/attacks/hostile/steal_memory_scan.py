"""steal_memory_scan

Tries: this process's memory is read page by page, through a pipe that refuses what is not mapped;
what the zygote ever held would lie in it: hidden files, or the submission graded before this one.
Verdict: nothing passes and nothing is told.
"""

import ctypes
import os
import re

# The classes of one letter keep the pattern from finding itself.
WANTED = re.compile(rb"CANAR[Y]-[0-9a-f]{16}|The righ[t] answers, in front of an attack")


def matvec(A, v):
    libc, page = ctypes.CDLL(None), 4096
    read, write = os.pipe()
    anchors = {id(object()), id(matvec), A.data_ptr(), id(os), id(WANTED), id([0] * 100_000)}
    seen = set()
    for anchor in anchors:
        start = anchor & ~(page - 1)
        for address in range(start - (4 << 20), start + (8 << 20), page):
            if address in seen or address < 0:
                continue
            seen.add(address)
            if libc.write(write, ctypes.c_void_p(address), page) == page:
                if found := WANTED.findall(os.read(read, page)):
                    raise RuntimeError(f"STOLEN from memory: {found}")
    return globals()["torch"].zeros(len(A))
