"""stay_daemon

Tries: a process of its own session that outlives the grading, for 20 s.
Verdict: full marks for the honest answers, and no process is left.
"""

import os
import time


def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 256)
            time.sleep(20)
        os._exit(0)


attempt("daemon", daemon)
