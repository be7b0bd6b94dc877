"""deny_long_source_line

Tries: the lines that a traceback quotes are replaced by lines of three megabytes.
Verdict: matvec raised, and the report stays short.
"""

import linecache


def matvec(A, v):
    linecache.cache[__file__] = (1, None, ["x" * 3_000_000 + "\n"] * 200, __file__)
    raise ValueError("a long line")
