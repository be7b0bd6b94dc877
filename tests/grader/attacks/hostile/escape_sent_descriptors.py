"""escape_sent_descriptors

Tries: descriptors are sent to the host over the channel, beside an honest answer's bytes.
Verdict: forbidden or crashed in matvec; the host takes none, and the rest keeps its points.
"""

import os
import socket


def matvec(A, v):
    with socket.socket(fileno=os.dup(sockets()[0])) as end:
        for _ in range(20):
            socket.send_fds(end, [b"x"], [1] * 50)
    return A @ v
