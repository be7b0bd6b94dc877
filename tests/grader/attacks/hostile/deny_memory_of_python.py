"""deny_memory_of_python

Tries: lists, text and bytes without end, up to 3 GiB, and the error caught.
Verdict: matvec is out of memory, or timed out while catching.
"""


def matvec(A, v):
    held = []
    for _ in range(3000):
        try:
            held.append(b"x" * (1 << 20))
        except MemoryError:
            continue
    raise MemoryError
