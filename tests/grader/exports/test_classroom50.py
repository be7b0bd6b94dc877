"""Tests of Classroom 50's result.json, against the rules by which its runner accepts one."""

import json
import re
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given

from grader.errors import CourseError, SandboxError
from grader.records import Attempt
from grader.reports.exports import classroom50
from grader.reports.exports.classroom50 import Handed, handed

from .conftest import GRADED, PATIENT, assert_harmless, huge, kept

VARIABLES = {
    "CLASSROOM": "c",
    "ASSIGNMENT": "exercise-03",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "ada",
    "SUBMISSION_TAG": "submit/2026-11-22T06-30-00Z-abc1234",
    "COMMIT_URL": "https://github.com/o/r/commit/abc",
    "RELEASE_URL": "https://github.com/o/r/releases/tag/submit%2F1",
    "REVIEW_URL": "https://github.com/o/r/compare/a...b",
    "COMMIT_DATETIME": "2026-11-22T06:30:00Z",
}
SUBMISSION = handed(VARIABLES)

FIELDS = [
    "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit",
    "release", "review", "datetime", "score", "max-score", "tests",
]  # fmt: skip


def assert_accepted(result: dict) -> None:
    """Hold a result against what the runner and the collector of Classroom 50 check."""
    assert list(result) == FIELDS
    assert result["schema"] == "classroom50/result/v1"
    assert all(isinstance(result[field], str) and result[field] for field in FIELDS[:10])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["datetime"])
    assert 0 <= result["score"] <= result["max-score"]
    for test in [{"test-name": "all", "passed": True, **result}, *result["tests"]]:
        assert isinstance(test["test-name"], str)
        assert test["test-name"]
        assert type(test["passed"]) is bool
        assert type(test["score"]) is int
        assert type(test["max-score"]) is int
        assert 0 <= test["score"] <= test["max-score"]


@PATIENT
@given(GRADED)
def test_any_attempt(made: Attempt) -> None:
    """Any graded attempt gives a result that is accepted, with every check and sum."""
    text = classroom50.export(made, SUBMISSION)
    result = json.loads(text)

    assert_harmless(text)
    assert_accepted(result)
    assert len(result["tests"]) == len(made.verdicts)
    assert sum(test["score"] for test in result["tests"]) == result["score"]
    assert sum(test["max-score"] for test in result["tests"]) == result["max-score"]
    assert result["score"] == floor(made.score.earned + Fraction(1, 2))
    for test in result["tests"]:
        assert_harmless(test["test-name"])
        assert_harmless(test["message"])


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However big an attempt, the collector reads its result, with every check."""
    made = huge(kind)
    text = classroom50.export(made, SUBMISSION)

    assert len(text.encode()) <= 10 << 20
    assert_accepted(json.loads(text))
    assert len(json.loads(text)["tests"]) == len(made.verdicts)


def test_ungraded() -> None:
    """An ungraded attempt gives no result, but an exit code that the runner calls an error."""
    with pytest.raises(SandboxError, match=r"exercise-03: not decided: 1 of 9 checks"):
        classroom50.export(kept("ungraded"), SUBMISSION)


def test_handed() -> None:
    """What is known about a submission is what the variables say."""
    assert handed(VARIABLES) == Handed(*VARIABLES.values())


def test_no_review() -> None:
    """Where there is nothing to compare with, the commit is what there is to review."""
    assert handed({**VARIABLES, "REVIEW_URL": ""}).review == VARIABLES["COMMIT_URL"]


@pytest.mark.parametrize("name", [name for name in VARIABLES if name != "REVIEW_URL"])
def test_missing_variables(name: str) -> None:
    """A variable that is missing is named, with where to run this."""
    with pytest.raises(CourseError) as caught:
        handed({**VARIABLES, name: " "})

    assert str(caught.value) == (
        f"Classroom 50 wants to know more than an attempt tells, and {name} is not set; run this "
        "from the assignment's autograder.py, and set COMMIT_DATETIME to the date of the commit"
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ASSIGNMENT_TYPE", "solo", "individual, group or team"),
        ("SUBMISSION_TAG", "v1", "a tag that starts with submit/"),
        ("COMMIT_DATETIME", "2026-11-22 06:30",
         "the commit's date in UTC, as 2026-11-22T06:30:00Z; `TZ=UTC git log -1 --format=%cd "
         "--date=format-local:%Y-%m-%dT%H:%M:%SZ` gives it"),
    ],
)  # fmt: skip
def test_variables_of_another_form(name: str, value: str, expected: str) -> None:
    """A variable that Classroom 50 would refuse is refused here, with what it should be."""
    with pytest.raises(CourseError) as caught:
        handed({**VARIABLES, name: value})

    assert str(caught.value) == f"{name} is {value!r}; expected {expected}"
