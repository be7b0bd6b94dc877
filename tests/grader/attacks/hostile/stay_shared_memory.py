"""stay_shared_memory

Tries: named memory and queues that outlive their process.
Verdict: full marks for the honest answers; nothing of the kind can be made.
"""

import multiprocessing.shared_memory
import multiprocessing.synchronize

attempt(
    "shared memory",
    lambda: multiprocessing.shared_memory.SharedMemory(
        "_attack_marker_shm", create=True, size=4096
    ),
)
attempt("semaphore", multiprocessing.Semaphore)
attempt("queue", multiprocessing.Queue)
attempt("System V", call, 29, 0x5EED, 4096, 0o1666)
attempt("key", call, 248, b"user", b"_attack_marker_key", b"x", 1, -4)
