"""deny_one_long_call

Tries: a single call into C that no signal handler of Python can interrupt.
Verdict: matvec timed out after its limit.
"""


def matvec(A, v):
    return 3 ** (10**11)
