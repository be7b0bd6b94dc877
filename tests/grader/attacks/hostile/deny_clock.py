"""deny_clock

Tries: the clocks of Python and of the C library are patched before a loop that never ends.
Verdict: matvec timed out after its limit; time is read from outside.
"""

import resource
import time

time.monotonic = time.time = time.process_time = time.perf_counter = lambda: 0.0
resource.getrusage = lambda who: None


def matvec(A, v):
    while time.monotonic() < 1:
        pass
