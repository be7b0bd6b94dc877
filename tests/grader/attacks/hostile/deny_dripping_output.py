"""deny_dripping_output

Tries: a full scratch makes each look at it dear, and a letter printed every half millisecond keeps
the host looking: it never waits, so no clock of waiting runs.
Verdict: matvec timed out at its wall limit.
"""

import os
import time


def matvec(A, v):
    for number in range(990):
        open(str(number), "w").close()
    while True:
        os.write(1, b".")
        time.sleep(0.0005)
