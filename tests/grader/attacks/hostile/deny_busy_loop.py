"""deny_busy_loop

Tries: a loop that never ends.
Verdict: matvec timed out after its limit; the rest keeps its points.
"""


def matvec(A, v):
    while True:
        pass
