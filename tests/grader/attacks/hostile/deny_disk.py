"""deny_disk

Tries: up to 512 MiB in files of 8 MiB, while the check waits for nothing.
Verdict: matvec is forbidden; the rest keeps its points.
"""

import time


def matvec(A, v):
    for number in range(64):
        with open(str(number), "wb") as file:
            file.write(bytes(8 << 20))
        time.sleep(0.01)
    return A @ v
