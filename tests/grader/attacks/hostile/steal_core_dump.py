"""steal_core_dump

Tries: a core file is asked for, in places that can be read later, and the process aborts.
Verdict: matvec crashed; no file appears.
"""

import os
import resource


def matvec(A, v):
    for limit in ((-1, -1), (1 << 30, 1 << 30)):
        try:
            resource.setrlimit(resource.RLIMIT_CORE, limit)
        except (ValueError, OSError):
            continue
    os.abort()
