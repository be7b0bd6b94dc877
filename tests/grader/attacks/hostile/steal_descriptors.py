"""steal_descriptors

Tries: every open descriptor is looked at and read; a folder or a file would be a way out.
Verdict: full marks for the honest answers; there are a pipe, a socket and nothing else.
"""

import os
import stat

for number in range(1024):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    if stat.S_ISDIR(mode) or stat.S_ISREG(mode) or stat.S_ISBLK(mode):
        GOT.append(f"descriptor {number}")
    attempt(f"openat {number}", lambda n=number: os.open("..", os.O_RDONLY, dir_fd=n))
