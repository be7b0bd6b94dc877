"""Classroom 50: the result.json that an assignment's own autograder.py leaves in its folder.

It names the submission as well as the score; what the record does not know about that comes from
the environment in which the runner starts an autograder. Points are whole numbers there.

Ungraded: refused, since the file can only say a number. An autograder that then ends with our exit
code, 3, makes the runner publish a result of its own with the status "error".
Skipped, stopped and crashed checks are not passed; `verdict` and `message` say why. The runner
keeps such further keys of a test. Size: the collector reads 10 MiB.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import CourseError
from grader.records import Attempt, Outcome
from grader.reports.exports import told
from grader.reports.exports.points import whole
from grader.reports.exports.size import fit

MOST_BYTES = 10_000_000

SCHEMA = "classroom50/result/v1"

# The field of a result, and the environment variable that it comes from. All but the last are in
# the runner's contract; no variable of it has the time of submission.
VARIABLES = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
    "datetime": "COMMIT_DATETIME",
}

_FORMS = {
    "assignment_type": (re.compile("individual|group|team"), "individual, group or team"),
    "submission": (re.compile("submit/.+"), "a tag that starts with submit/"),
    "datetime": (
        re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII),
        "the commit's date in UTC, as 2026-11-22T06:30:00Z; `TZ=UTC git log -1 --format=%cd "
        "--date=format-local:%Y-%m-%dT%H:%M:%SZ` gives it",
    ),
}


@dataclass(frozen=True)
class Handed:
    """What Classroom 50 knows about a submission; each is the field of that name in the result."""

    classroom: str
    assignment: str
    assignment_type: str
    owner: str
    submission: str
    commit: str
    release: str
    review: str
    datetime: str


def handed(variables: Mapping[str, str]) -> Handed:
    """Read what the runner says about a submission from environment variables.

    `REVIEW_URL` may be missing where there is nothing to compare with; the commit stands in.

    Raises:
        CourseError: a variable is missing or is not of its form.
    """
    found = {field: variables.get(name, "").strip() for field, name in VARIABLES.items()}
    found["review"] = found["review"] or found["commit"]
    missing = [name for field, name in VARIABLES.items() if not found[field]]
    if missing:
        raise CourseError(
            f"Classroom 50 wants to know more than an attempt tells, and {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set; run this from the assignment's "
            "autograder.py, and set COMMIT_DATETIME to the date of the commit"
        )
    for field, (form, expected) in _FORMS.items():
        if not form.fullmatch(found[field]):
            raise CourseError(f"{VARIABLES[field]} is {found[field]!r}; expected {expected}")
    return Handed(**found)


def export(attempt: Attempt, submission: Handed) -> str:
    """Give result.json.

    Raises:
        SandboxError: the attempt is ungraded.
        CourseError: there are too many checks.
    """
    if not attempt.score.is_decided:
        told.refuse(attempt, "let autograder.py end with this exit code, which is an error there")
    return fit(
        lambda room: _rendered(attempt, submission, room),
        told.free_texts(attempt.verdicts),
        MOST_BYTES,
    )


def _rendered(attempt: Attempt, submission: Handed, room: int) -> str:
    points = whole(attempt.verdicts)
    tests = [
        {
            "test-name": told.title(verdict, room) or str(place + 1),
            "passed": verdict.outcome is Outcome.PASSED,
            "score": earned,
            "max-score": possible,
            "verdict": verdict.outcome.value,
            "message": told.told(verdict, room),
        }
        for place, (verdict, (earned, possible)) in enumerate(
            zip(attempt.verdicts, points, strict=True)
        )
    ]
    result = {
        "schema": SCHEMA,
        **vars(submission),
        "score": sum(earned for earned, _ in points),
        "max-score": sum(possible for _, possible in points),
        "tests": tests,
    }
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"
