"""steal_traceback

Tries: stacks of all threads are written out, and an exception brings frames of its own making.
Verdict: matvec raised; the report shows the submission's own lines and nothing else.
"""

import faulthandler
import sys

faulthandler.dump_traceback(sys.__stderr__, all_threads=True)


def matvec(A, v):
    names = [f.f_code.co_filename for f in sys._current_frames().values()]
    if any("test_exercise" in name or "session" in name for name in names):
        raise RuntimeError("STOLEN " + str(names))
    return A @ v[:-1]
