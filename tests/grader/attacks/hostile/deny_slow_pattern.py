"""deny_slow_pattern

Tries: a regular expression that takes longer than the universe.
Verdict: matvec timed out after its limit.
"""

import re


def matvec(A, v):
    return re.match(r"(a+)+$", "a" * 60 + "b")
