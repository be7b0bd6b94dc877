"""Tests of Exercism's results.json, against version 3 of the interface of test runners."""

import json

import pytest
from hypothesis import given

from grader.records import Attempt, Outcome
from grader.reports.exports import exercism

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, huge, kept, one


@PATIENT
@given(ATTEMPTS)
def test_any_attempt(made: Attempt) -> None:
    """Any attempt gives the fields that its status asks for, and every check if it is graded."""
    text = exercism.export(made)
    result = json.loads(text)

    assert_harmless(text)
    assert result["version"] == 3
    if not made.score.is_decided:
        assert list(result) == ["version", "status", "message"]
        assert result["status"] == "error"
        return
    assert result["message"] is None
    assert len(result["tests"]) == len(made.verdicts)
    statuses = [test["status"] for test in result["tests"]]
    assert result["status"] == ("pass" if set(statuses) == {"pass"} else "fail")
    assert set(statuses) <= {"pass", "fail", "error"}
    for test in result["tests"]:
        assert test["name"]
        assert_harmless(test["name"])
        assert_harmless(test["message"] or "")


def test_statuses_of_checks() -> None:
    """A wrong answer fails, as does a check that waits for it; the rest are errors."""
    outcomes = [outcome for outcome in Outcome if outcome is not Outcome.UNGRADED]
    tests = json.loads(exercism.export(attempt(tuple(map(one, outcomes)))))["tests"]

    assert {
        outcome.value: test["status"] for outcome, test in zip(outcomes, tests, strict=True)
    } == {
        "passed": "pass",
        "failed": "fail",
        "raised": "error",
        "timed_out": "error",
        "out_of_memory": "error",
        "forbidden": "error",
        "crashed": "error",
        "skipped": "fail",
    }


def test_ungraded() -> None:
    """An ungraded attempt is an error with a message, without a single test."""
    assert json.loads(exercism.export(kept("ungraded"))) == {
        "version": 3,
        "status": "error",
        "message": "not decided: 1 of 9 checks could not be graded; tell your teacher",
    }


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However long a message, it keeps to what Exercism stores of one."""
    made = huge(kind)
    tests = json.loads(exercism.export(made))["tests"]

    assert len(tests) == len(made.verdicts)
    assert max(len((test["message"] or "").encode()) for test in tests) <= 65_535
