"""deny_fork_bomb

Tries: up to 150 processes.
Verdict: matvec passes or is forbidden; no process starts.
"""

import os
import time


def matvec(A, v):
    for _ in range(150):
        try:
            if os.fork() == 0:
                time.sleep(20)
                os._exit(0)
        except OSError:
            break
    return A @ v
