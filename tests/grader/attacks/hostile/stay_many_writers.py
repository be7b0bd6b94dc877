"""stay_many_writers

Tries: twenty threads make files faster than anybody can remove them, when the scratch is emptied
for the next check.
Verdict: full marks: such a folder is not emptied while its process lives. Where the host looks at
it before the answer comes, the check says that too many files were written.
"""

import _thread
import ctypes
import os
import threading

honest_vector = globals()["make_vector"]
LIBC = ctypes.CDLL(None)


def write(number):
    count = 0
    while True:
        LIBC.close(LIBC.open(b"%d-%d" % (number, count), os.O_CREAT | os.O_WRONLY, 0o600))
        count += 1


def make_vector():
    threading.stack_size(128 << 10)
    for number in range(20):
        _thread.start_new_thread(write, (number,))
    return honest_vector()
