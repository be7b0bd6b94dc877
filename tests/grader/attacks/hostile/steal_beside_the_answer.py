"""steal_beside_the_answer

Tries: the memory behind an argument, and the socket after an answer, are read for what came along.
Verdict: full marks, and nothing is told.
"""

import ctypes
import re
import socket

# What only the hidden checks say. Neither this line nor a docstring of the grader, which may lie
# beside an argument too and is no secret, is found by it.
HIDDEN = re.compile(rb"CANARY-[0-9a-f]+|60221\.4|student\.[a-z_]+\(|expect\.[a-z]+\(student")


def matvec(A, v):
    behind = ctypes.string_at(A.data_ptr() + A.numel() * 4, 4096)
    stolen = HIDDEN.search(behind)
    if stolen:
        raise RuntimeError(f"STOLEN {stolen[0]!r} of {behind!r}")
    for number in range(3, 10):
        try:
            twin = socket.socket(fileno=__import__("os").dup(number))
            data = twin.recv(1 << 16, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            raise RuntimeError(f"STOLEN {len(data)} bytes")
        except OSError:
            continue
    return A @ v
