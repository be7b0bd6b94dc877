"""Tests of GitHub Classroom's result: what its reporter adds up, prints and fails on."""

import base64
import json
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given

from grader.errors import CourseError
from grader.records import Attempt, Outcome
from grader.reports.exports import classroom

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, huge, kept, one


def reported(text: str) -> tuple[dict, int, int]:
    """Read a result as the reporter does: with its points and what it takes them from."""
    encoded = base64.b64encode(text.encode()).decode()
    result = json.loads(base64.b64decode(encoded).decode("utf-8"))
    # src/notify-classroom.js: without max_score, a runner adds nothing.
    if not result["max_score"]:
        return result, 0, 0
    return result, sum(test["score"] for test in result["tests"]), result["max_score"]


@PATIENT
@given(ATTEMPTS)
def test_any_attempt(made: Attempt) -> None:
    """Of any attempt the reporter reads every check, and the points that were earned."""
    text = classroom.export(made)
    result, points, most = reported(text)

    assert_harmless(text)
    assert len(result["tests"]) == max(1, len(made.verdicts))
    for test in result["tests"]:
        assert test["name"]
        assert test["status"] in ("pass", "fail", "error")
        assert type(test["score"]) is int
        assert test["line_no"] == 0
        assert "\n" not in test["name"]
        assert_harmless(test["name"])
        assert_harmless(test.get("message", ""))
    if made.score.is_decided:
        assert points == floor(made.score.earned + Fraction(1, 2)) or most == 0
        assert most == floor(made.score.possible + Fraction(1, 2))
    else:
        assert (points, most, result["status"]) == (0, 0, "error")


def test_status() -> None:
    """The job fails where points were lost, and errs where nobody knows."""
    statuses = [json.loads(classroom.export(kept(name)))["status"]
                for name in ("full", "half", "ungraded")]  # fmt: skip

    assert statuses == ["pass", "fail", "error"]


def test_statuses_of_checks() -> None:
    """What the student's code did is a failure; only what we could not decide is an error."""
    made = attempt(tuple(one(outcome) for outcome in Outcome))
    statuses = {
        outcome: test["status"]
        for outcome, test in zip(Outcome, json.loads(classroom.export(made))["tests"], strict=True)
    }

    assert statuses.pop(Outcome.PASSED) == "pass"
    assert statuses.pop(Outcome.UNGRADED) == "error"
    assert set(statuses.values()) == {"fail"}


def test_no_checks() -> None:
    """The list of tests is never empty, since the reporter divides by its length."""
    result = json.loads(classroom.export(attempt(())))

    assert [(test["status"], test["score"]) for test in result["tests"]] == [("error", 0)]


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However big an attempt, the result fits into a variable, with every check and point."""
    made = huge(kind)
    text = classroom.export(made)
    result, points, most = reported(text)
    variable = f"EXERCISE03_RESULTS={base64.b64encode(text.encode()).decode()}\0"

    assert len(variable) <= 128 << 10
    assert len(result["tests"]) == len(made.verdicts)
    assert len({test["name"] for test in result["tests"]}) == len(made.verdicts)
    assert points == floor(made.score.earned + Fraction(1, 2))
    assert most == floor(made.score.possible + Fraction(1, 2))


def test_too_many_checks() -> None:
    """More checks than a variable can hold are refused rather than dropped."""
    made = attempt(tuple(one(id_=f"c{place}") for place in range(3000)))

    with pytest.raises(CourseError, match="this format takes 90,000; split the exercise"):
        classroom.export(made)
