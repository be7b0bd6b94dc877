"""deny_dripping

Tries: an answer that comes a byte at a time and never ends.
Verdict: matvec timed out.
"""

import time


def matvec(A, v):
    send(b"GRW1" + (1 << 20).to_bytes(4, "little") + bytes(8))
    while True:
        send(b" ")
        time.sleep(0.001)
