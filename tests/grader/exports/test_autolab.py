"""Tests of Autolab's two lines, read as Autolab reads them."""

import json
import re
from fractions import Fraction

import pytest
from hypothesis import given

from grader.errors import SandboxError
from grader.records import Attempt
from grader.reports.exports import autolab

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, huge, kept, one


def recorded(text: str) -> tuple[dict, dict]:
    """Read feedback and scores as parseAutoresult does, which puts quotes before each colon."""
    *_, feedback, last = text.rstrip().split("\n")
    scores = json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', last))["scores"]
    # Without a score Autolab writes 0 for every problem.
    assert scores
    return json.loads(feedback), scores


@PATIENT
@given(ATTEMPTS.filter(lambda made: made.verdicts))
def test_any_attempt(made: Attempt) -> None:
    """Any attempt gives every check a score that adds up, or none at all where nobody knows."""
    text = autolab.export(made)
    feedback, scores = recorded(text)

    assert_harmless(text)
    assert text.count("\n") == 2
    assert len(scores) == len(made.verdicts)
    assert list(feedback["Checks"]) == list(scores)
    if made.score.is_decided:
        assert sum(Fraction(str(points)) for points in scores.values()) == made.score.earned
    else:
        assert set(scores.values()) == {None}


def test_names_with_colons() -> None:
    """A colon in a name does not make Autolab put quotes into it."""
    _, scores = recorded(autolab.export(attempt((one(id_="a: b:c"),))))

    assert scores == {"a: b:c": 0}


def test_feedback() -> None:
    """A check that passed needs no hint; another's is its title and its message."""
    feedback, _ = recorded(autolab.export(kept("half")))

    assert feedback["_presentation"] == "semantic"
    assert feedback["stages"] == ["Checks"]
    assert feedback["Checks"]["loss"] == {"passed": True}
    assert feedback["Checks"]["step"] == {
        "passed": False,
        "hint": "One step goes downhill.\nnot tried: needs gradient",
    }


def test_no_checks() -> None:
    """Without a check there is no problem to leave blank."""
    with pytest.raises(SandboxError, match="there are no checks"):
        autolab.export(attempt(()))


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However big an attempt, what is printed stays below a megabyte, with every score."""
    made = huge(kind)
    text = autolab.export(made)
    _, scores = recorded(text)

    assert len(text.encode()) <= 900_000
    assert len(scores) == len(made.verdicts)
