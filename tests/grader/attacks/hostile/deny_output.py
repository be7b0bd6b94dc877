"""deny_output

Tries: output without end, from several threads at once, so that a reader never finds the pipe empty.
Verdict: matvec timed out after its limit; the judge keeps the beginning and drops the rest.
"""

import os
import threading

BLOCK = b"x" * (1 << 16)


def flood():
    while True:
        os.write(1, BLOCK)


def matvec(A, v):
    for _ in range(3):
        threading.Thread(target=flood, daemon=True).start()
    flood()
