"""stay_orphan

Tries: a check that only a killed process ends, ignoring everything else.
Verdict: matvec timed out, and no process is left.
"""

import ctypes
import os
import signal
import time


def matvec(A, v):
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    try:
        os.setsid()
    except OSError:
        pass
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        time.sleep(60)
