"""Which check files hang on their inputs alone, as far as their text tells."""

import pytest

from grader.closed import is_closed


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("from grader import expect\nimport torch.nn.functional as F", True),
        ("def test_it(student):\n    w.grad = torch.ones(3)", True),
        ("def test_it(student):\n    model[0].weight.requires_grad_(False)", True),
        ("from __future__ import annotations\nmodel.eval()", True),
        ("import time", False),
        ("from torch.utils import benchmark", False),
        ("from torch import load as got", False),
        ("def test_it(request):\n    request.path.with_name('want').read_text()", False),
        ("def test_it(request):\n    request.session.seen = 1", False),
        ("import torch\ndef test_it(student):\n    torch.nn.functional.seen = 1", False),
        ("from time import perf_counter", False),
        ("def test_it(student):\n    import os.path", False),
        ("from . import neighbour", False),
        ("X = torch.load('data.pt')", False),
        ("def test_it(student):\n    assert open(__file__).read()", False),
        ("import pytest\ndef test_it(student):\n    pytest.seen = 1", False),
        ("def test_it(student, reference):\n    reference.seen = 1", False),
        ("class TestIt:\n    def test_it(self):\n        self.n = 1", False),
        ("def test_it(:", False),
    ],
)
def test_what_reaches_further_is_left_out(line, is_one):
    """A file with a clock, a disk or a place to leave something is told by its text."""
    assert is_closed(line.encode()) is is_one
