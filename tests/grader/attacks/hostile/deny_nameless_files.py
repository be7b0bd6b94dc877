"""deny_nameless_files

Tries: files that have no name any more are not seen in the scratch: 15 MiB each, as many as may be
open.
Verdict: matvec is lost or passes; nothing is left and the judge lives.
"""

import os


def matvec(A, v):
    held = []
    for number in range(20):
        held.append(open(str(number), "wb"))
        os.unlink(str(number))
        held[-1].write(bytes(15 << 20))
    return A @ v
