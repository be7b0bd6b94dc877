"""Tests of Exercism's results.json, against version 3 of the interface of test runners."""

import json

import pytest

from grader.errors import CourseError
from grader.records import Outcome
from grader.reports.exports import exercism

from .conftest import attempt, huge, kept, one


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


def test_a_file_that_exercism_reads() -> None:
    """The whole file keeps to what a tooling run may write, and most of that is used."""
    size = len(exercism.export(huge("both")).encode())

    assert 450_000 < size <= 500_000


def test_too_many_checks() -> None:
    """More checks than the file can hold are refused rather than dropped."""
    made = attempt(tuple(one(id_=f"c{place}") for place in range(5000)))

    with pytest.raises(CourseError, match="this format takes 500,000; split the exercise"):
        exercism.export(made)
