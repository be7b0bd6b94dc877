"""forge_patched_pytest

Tries: pytest's reports and unittest's assertions are patched so that everything passes.
Verdict: nothing passes; the pytest that counts runs elsewhere.
"""

import contextlib
import unittest

for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        setattr(unittest.TestCase, name, lambda *_, **__: None)

with contextlib.suppress(ImportError):
    import _pytest.reports
    import _pytest.runner

    _pytest.reports.TestReport.from_item_and_call = classmethod(
        lambda cls, item, call: cls(item.nodeid, item.location, {}, "passed", None, "call")
    )
    _pytest.runner.check_interactive_exception = lambda *_: False
