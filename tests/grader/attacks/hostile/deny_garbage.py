"""deny_garbage

Tries: random bytes, and an honest frame twice.
Verdict: the checks that do so are forbidden or fail; the rest keeps its points.
"""

import random


def matvec(A, v):
    send(random.Random(1).randbytes(100_000))
    return A @ v


def train(*_):
    header = b'[["ok",%d,[],null,[]],[]]' % sequence()
    frame = b"GRW1" + len(header).to_bytes(4, "little") + bytes(8) + header
    send(frame + frame)
    return []
