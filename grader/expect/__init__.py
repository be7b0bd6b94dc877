"""Expectations: the words in which a check says what an answer must be.

Each compares on the trusted side and raises `Mismatch` with a sentence that a beginner can act on:
what was got, what is wanted, where. None prints an expected value, so a hidden check stays hidden;
none broadcasts, and NaN never agrees with anything.
"""

from grader.expect.floors import constant, guessing
from grader.expect.gradients import derivative, gradients
from grader.expect.graph import connected, detached, releases
from grader.expect.invariance import (
    averages,
    causal,
    deterministic,
    equivariant,
    ignores,
    independent,
    ordered,
    shift_free,
)
from grader.expect.learning import above, beats, below, learned, memorizes
from grader.expect.modules import module, parameters
from grader.expect.operations import avoids, calls_module, cost, modes, unrecorded, uses
from grader.expect.purity import unchanged
from grader.expect.reference import same
from grader.expect.registry import surface
from grader.expect.state import settings
from grader.expect.training import history, step
from grader.expect.values import close, equal, number, tensor
from grader.expect.wording import ASKED as ASKED

__all__ = [
    "above",
    "averages",
    "avoids",
    "beats",
    "below",
    "calls_module",
    "causal",
    "close",
    "connected",
    "constant",
    "cost",
    "derivative",
    "detached",
    "deterministic",
    "equal",
    "equivariant",
    "gradients",
    "guessing",
    "history",
    "ignores",
    "independent",
    "learned",
    "memorizes",
    "modes",
    "module",
    "number",
    "ordered",
    "parameters",
    "releases",
    "same",
    "settings",
    "shift_free",
    "step",
    "surface",
    "tensor",
    "unchanged",
    "unrecorded",
    "uses",
]
