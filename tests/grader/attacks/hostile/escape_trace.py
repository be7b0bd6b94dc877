"""escape_trace

Tries: the parent and the judge are traced, and their memory is read and written.
Verdict: full marks for the honest answers.
"""

import ctypes
import os

buffer = ctypes.create_string_buffer(64)
area = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
for process in (os.getppid(), int("__JUDGE__" if "__JUDGE__".isdigit() else "1")):
    attempt("attach", call, 101, 16, process, 0, 0)
    attempt("seize", call, 101, 0x4206, process, 0, 0)
    attempt("readv", call, 310, process, area, 1, area, 1, 0)
    attempt("writev", call, 311, process, area, 1, area, 1, 0)
    attempt("kcmp", call, 312, os.getpid(), process, 0, 0, 0)
attempt("traceme", call, 101, 0, 0, 0, 0)
