"""forge_expected_failure

Tries: every call raises the exception with which pytest marks an expected failure.
Verdict: nothing passes.
"""


class XFailed(Exception):
    def __init__(self):
        self.msg = "expected"
        super().__init__("expected")


def fail(*_):
    try:
        from _pytest.outcomes import XFailed as Expected
    except ImportError:
        Expected = XFailed
    raise Expected()


make_vector = matvec = loss_fn = train = build_ff = fail
