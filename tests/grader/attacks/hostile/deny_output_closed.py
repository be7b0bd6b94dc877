"""deny_output_closed

Tries: standard output and error are closed, and replaced by the channel.
Verdict: matvec passes or is forbidden, later checks keep their points.
"""

import os


def matvec(A, v):
    os.close(1)
    os.close(2)
    os.dup2(sockets()[0], 1)
    os.dup2(sockets()[0], 2)
    os.write(1, b"what is printed goes into the channel")
    return A @ v
