"""Tests of PrairieLearn's results.json: a share of the points, or not gradable."""

import json
from fractions import Fraction

import pytest
from hypothesis import given

from grader.records import Attempt
from grader.reports.exports import prairielearn

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, huge, kept, one


@PATIENT
@given(ATTEMPTS)
def test_any_attempt(made: Attempt) -> None:
    """Any attempt gives every check, and the share that was earned where it is known."""
    text = prairielearn.export(made)
    result = json.loads(text)

    assert_harmless(text)
    assert len(result["tests"]) == len(made.verdicts)
    assert result["gradable"] is made.score.is_decided
    if made.score.is_decided:
        assert 0 <= result["score"] <= 1
        assert (result["score"] == 1) == (made.score.earned == made.score.possible)
        points = [Fraction(str(test["points"])) for test in result["tests"]]
        most = [Fraction(str(test["max_points"])) for test in result["tests"]]
        assert (sum(points), sum(most)) == (made.score.earned, made.score.possible)
    for test in result["tests"]:
        assert_harmless(test["name"])
        assert_harmless(test["message"])


def test_ungraded() -> None:
    """An ungraded attempt has no score and no points, and says whose fault it is."""
    result = json.loads(prairielearn.export(kept("ungraded")))

    assert "score" not in result
    assert result["format_errors"] == [
        "not decided: 1 of 9 checks could not be graded; tell your teacher"
    ]
    assert not any("points" in test for test in result["tests"])


def test_nothing_to_earn() -> None:
    """Where no check is worth anything, nothing was lost."""
    assert json.loads(prairielearn.export(attempt((one(points="0"),))))["score"] == 1


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However big an attempt, the file stays below a megabyte, with every check."""
    made = huge(kind)
    text = prairielearn.export(made)

    assert len(text.encode()) <= 1_000_000
    assert len(json.loads(text)["tests"]) == len(made.verdicts)
