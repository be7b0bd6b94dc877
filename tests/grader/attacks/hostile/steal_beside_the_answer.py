"""steal_beside_the_answer

Tries: the memory behind an argument, and the socket after an answer, are read for what came along.
Verdict: full marks, and nothing is told.
"""

import ctypes
import socket


def matvec(A, v):
    behind = ctypes.string_at(A.data_ptr() + A.numel() * 4, 4096)
    if b"CANARY-" in behind or b"assert" in behind or b"expect." in behind:
        raise RuntimeError("STOLEN")
    for number in range(3, 10):
        try:
            twin = socket.socket(fileno=__import__("os").dup(number))
            data = twin.recv(1 << 16, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            raise RuntimeError(f"STOLEN {len(data)} bytes")
        except OSError:
            continue
    return A @ v
