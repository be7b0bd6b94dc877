"""Exercism: results.json of a test runner, version 3 of its interface.

Ungraded: status "error" with a message and no tests, as the interface wants it.
A check whose answer is wrong, or that was skipped, is "fail"; one that raised or was stopped is
"error". The first one that is not "pass" is what the student sees. There is no score.
No test is tied to a task: the record does not know the headings of the instructions.
Size: 500 kB; a run that writes more is killed (building/tooling/docker.md in exercism/docs).
"""

import json

from grader.records import Attempt, Outcome, Verdict
from grader.reports import sentences
from grader.reports.exports import told
from grader.reports.exports.size import fit

MOST_BYTES = 500_000

_STATUSES = {Outcome.PASSED: "pass", Outcome.FAILED: "fail", Outcome.SKIPPED: "fail"}


def export(attempt: Attempt) -> str:
    """Give results.json.

    Raises:
        CourseError: there are too many checks.
    """
    return fit(lambda room: _rendered(attempt, room), told.free_texts(attempt.verdicts), MOST_BYTES)


def _rendered(attempt: Attempt, room: int) -> str:
    result: dict[str, object] = {"version": 3, "status": "error"}
    if attempt.score.is_decided:
        tests = [_test(verdict, place, room) for place, verdict in enumerate(attempt.verdicts)]
        has_passed = all(test["status"] == "pass" for test in tests)
        result |= {"status": "pass" if has_passed else "fail", "message": None, "tests": tests}
    else:
        result["message"] = sentences.score_of(attempt)
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"


def _test(verdict: Verdict, place: int, room: int) -> dict[str, str | None]:
    return {
        "name": told.title(verdict, room) or str(place + 1),
        "status": _STATUSES.get(verdict.outcome, "error"),
        "message": told.told(verdict, room) or None,
        # The source of a check is not in the record.
        "test_code": "",
    }
