"""deny_disk_depth

Tries: folders inside folders, deeper than whoever removes them can follow.
Verdict: matvec is forbidden or passes, and every folder is removed.
"""

import os
import time


def matvec(A, v):
    for _ in range(6000):
        os.mkdir("d")
        os.chdir("d")
    time.sleep(0.1)
    return A @ v
