"""Tests of GitHub Classroom's result: what its reporter adds up, prints and fails on."""

import json

import pytest

from grader.errors import CourseError
from grader.records import Outcome
from grader.reports.exports import classroom

from .conftest import attempt, huge, kept, one


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


def test_many_checks_keep_their_names() -> None:
    """Where there is room for little else, every check is still called something of its own."""
    tests = json.loads(classroom.export(huge("many")))["tests"]

    assert len({test["name"] for test in tests}) == 2000


def test_too_many_checks() -> None:
    """More checks than a variable can hold are refused rather than dropped."""
    made = attempt(tuple(one(id_=f"c{place}") for place in range(3000)))

    with pytest.raises(CourseError, match="this format takes 90,000; split the exercise"):
        classroom.export(made)
