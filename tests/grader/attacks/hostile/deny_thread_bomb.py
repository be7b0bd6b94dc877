"""deny_thread_bomb

Tries: up to 500 threads that never end.
Verdict: matvec raised or ran out of memory when no more could start; the rest keeps its points.
"""

import threading


def matvec(A, v):
    gate = threading.Event()
    threading.stack_size(64 << 10)
    for _ in range(500):
        threading.Thread(target=gate.wait, daemon=True).start()
    return A @ v
