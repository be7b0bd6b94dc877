"""Tests of Classroom 50's result.json, against the rules by which its runner accepts one."""

import json

import pytest

from grader.errors import CourseError, SandboxError
from grader.reports.exports import classroom50
from grader.reports.exports.classroom50 import Handed, handed

from .conftest import kept

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

DATE = (
    "the commit's date in UTC, as 2026-11-22T06:30:00Z; `TZ=UTC git log -1 --format=%cd "
    "--date=format-local:%Y-%m-%dT%H:%M:%SZ` gives it"
)

FIELDS = [
    "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit",
    "release", "review", "datetime", "score", "max-score", "tests",
]  # fmt: skip


def test_fields() -> None:
    """A result names the submission in the runner's own words, and has the fields in its order."""
    result = json.loads(classroom50.export(kept("half"), SUBMISSION))

    assert list(result) == FIELDS
    assert [result[field] for field in FIELDS[1:10]] == list(VARIABLES.values())


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
        ("COMMIT_DATETIME", "2026-11-22 06:30", DATE),
        ("COMMIT_DATETIME", "2026-11-22T24:30:00Z", DATE),
        ("COMMIT_DATETIME", "2026-11-22T06:60:00Z", DATE),
    ],
)  # fmt: skip
def test_variables_of_another_form(name: str, value: str, expected: str) -> None:
    """A variable that Classroom 50 would refuse is refused here, with what it should be."""
    with pytest.raises(CourseError) as caught:
        handed({**VARIABLES, name: value})

    assert str(caught.value) == f"{name} is {value!r}; expected {expected}"
