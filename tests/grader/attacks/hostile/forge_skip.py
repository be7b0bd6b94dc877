"""forge_skip

Tries: every call raises the exception that skips a test.
Verdict: nothing passes; a skip from the submission is an exception like any other.
"""

import unittest


def skip(*_):
    try:
        from _pytest.outcomes import Skipped
    except ImportError:
        Skipped = unittest.SkipTest
    raise Skipped("not applicable here")


make_vector = matvec = loss_fn = train = build_ff = skip
