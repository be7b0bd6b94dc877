"""The package: the vocabulary, and what it costs to load."""

import subprocess
import sys

import grader.expect
from grader import expect


def test_exports_are_sorted_and_there():
    """The vocabulary is what __all__ says, in order."""
    assert sorted(grader.expect.__all__) == grader.expect.__all__
    assert all(callable(getattr(expect, name)) for name in grader.expect.__all__)


def test_expectations_are_quick_to_load():
    """No expectation pulls in torch's compiler or sympy, which cost a second of every attempt."""
    code = (
        "import sys, torch; from torch import nn; from grader import expect;"
        "f = type('S', (), {'reference': staticmethod(lambda x, m: x * 2),"
        " '__call__': lambda self, x, m: x + x})();"
        "x, m = torch.ones(3), nn.Linear(3, 2); before = set(sys.modules);"
        "expect.same(f, x, m); expect.gradients(f, x, m); expect.unchanged(f, x, m);"
        "expect.parameters(m, m); expect.uses(m, x, any_of=('F.linear',)); expect.cost(f, x, m);"
        "expect.settings(f, x, m); expect.surface(m, m, x, fresh=nn.Linear(3, 2), meta=False);"
        "print(sorted({n.partition('.')[0] for n in set(sys.modules) - before}))"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[]"
