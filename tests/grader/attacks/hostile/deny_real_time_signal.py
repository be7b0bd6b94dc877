"""deny_real_time_signal

Tries: death by a signal that has no name.
Verdict: matvec crashed.
"""

import os


def matvec(A, v):
    os.kill(os.getpid(), 40)
