"""forge_exit_in_call

Tries: leaving with status 0 in the middle of a check.
Verdict: that check crashed; the others keep their points.
"""

import os


def matvec(A, v):
    print("10 passed in 0.01s", flush=True)
    os._exit(0)
