"""GitHub Classroom's reporter: the JSON that a step hands over, encoded in base64, as `result`.

The reporter (classroom-resources/autograding-grading-reporter@v1) adds up `score` of all tests
whatever their status, prints names and the messages of errors as they are, and fails the job on
the exact words "fail" and "error". Its table on the console counts passed tests instead of points;
the notice with the points is the truth.

Ungraded: status "error" and `max_score` 0, with which the reporter announces no points at all.
Skipped, stopped and crashed checks are "fail", with their message: "error" is kept for ours.
Size: the result travels in one environment variable, and Linux takes 128 KiB of it in base64.
"""

import json

from grader.records import Attempt, Outcome, Verdict
from grader.reports import sentences
from grader.reports.exports import told
from grader.reports.exports.points import whole
from grader.reports.exports.size import fit

MOST_BYTES = 90_000

_STATUSES = {Outcome.PASSED: "pass", Outcome.UNGRADED: "error"}


def export(attempt: Attempt) -> str:
    """Give the result as one line of JSON, not yet in base64.

    Raises:
        CourseError: there are too many checks for an environment variable.
    """
    return fit(lambda room: _rendered(attempt, room), told.free_texts(attempt.verdicts), MOST_BYTES)


def _rendered(attempt: Attempt, room: int) -> str:
    score, points = attempt.score, whole(attempt.verdicts)
    tests = [
        _test(verdict, place, points[place][0] if score.is_decided else 0, room)
        for place, verdict in enumerate(attempt.verdicts)
    ]
    result: dict[str, object] = {"version": 1, "status": "error", "max_score": 0}
    if score.is_decided:
        result["status"] = "pass" if score.earned == score.possible else "fail"
        result["max_score"] = sum(possible for _, possible in points)
    else:
        result["message"] = sentences.score_of(attempt)
    # Without a single test the reporter divides by zero.
    result["tests"] = tests or [{"name": "checks", "status": "error", "score": 0, "line_no": 0}]
    return json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n"


def _test(verdict: Verdict, place: int, points: int, room: int) -> dict[str, object]:
    """Give one test; where there is no room at all, what the reporter cannot do without."""
    test: dict[str, object] = {
        "name": told.title(verdict, room) or str(place + 1),
        "status": _STATUSES.get(verdict.outcome, "fail"),
        "score": points,
    }
    if room:
        # Line 0 is not printed, a missing one is printed as "undefined".
        test |= {"message": told.told(verdict, room), "line_no": 0}
    return test
