"""Expectations: the words in which a check says what an answer must be.

Each compares on the trusted side and raises `Mismatch` with a sentence that a beginner can act on:
what was got, what is wanted, where. None prints an expected value, so a hidden check stays hidden;
none broadcasts, and NaN never agrees with anything.
"""

from grader.expect.gradients import gradients
from grader.expect.modules import module, parameters
from grader.expect.purity import unchanged
from grader.expect.training import history, learned
from grader.expect.values import close, detached, equal, number, same, tensor

__all__ = [
    "close",
    "detached",
    "equal",
    "gradients",
    "history",
    "learned",
    "module",
    "number",
    "parameters",
    "same",
    "tensor",
    "unchanged",
]
