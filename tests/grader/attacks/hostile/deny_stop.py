"""deny_stop

Tries: the process stops itself, uses no time and never ends.
Verdict: matvec timed out after its wall limit.
"""

import os
import signal


def matvec(A, v):
    os.kill(os.getpid(), signal.SIGSTOP)
    return A @ v
