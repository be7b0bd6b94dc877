"""deny_sleep

Tries: waiting instead of working: no CPU time is used.
Verdict: matvec timed out after its wall limit.
"""

import time


def matvec(A, v):
    time.sleep(3600)
