"""deny_hidden_memory

Tries: memory outside the process: nameless files, pipes and shared memory, up to 512 MiB.
Verdict: matvec is lost or passes; nothing is left and the judge lives.
"""

import os


def matvec(A, v):
    held = []
    try:
        for _ in range(64):
            held.append(os.memfd_create("held"))
            os.write(held[-1], bytes(8 << 20))
        for _ in range(64):
            held.append(os.pipe())
    except (OSError, AttributeError):
        pass
    return A @ v
