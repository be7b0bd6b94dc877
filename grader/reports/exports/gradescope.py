"""Gradescope: results.json, which run_autograder leaves in /autograder/results.

Ungraded: refused. A score has to be somewhere in the file, and any would be recorded; without the
file Gradescope says that the autograder failed to execute correctly, and records nothing.
Skipped, stopped and crashed checks are "failed", with their message. Every check is shown to the
student, as in every report: what is hidden of a hidden check is its source, which is not in the
record. Gradescope names no size; the file is kept below 1 MB.
"""

import json

from grader.records import Attempt, Outcome, Verdict
from grader.reports import sentences
from grader.reports.exports import told
from grader.reports.exports.points import number
from grader.reports.exports.size import fit
from grader.scoring import earned

MOST_BYTES = 1_000_000


def export(attempt: Attempt) -> str:
    """Give results.json.

    Raises:
        SandboxError: the attempt is ungraded.
        CourseError: there are too many checks.
    """
    if not attempt.score.is_decided:
        told.refuse(attempt, "without the file Gradescope reports that the autograder failed")
    return fit(lambda room: _rendered(attempt, room), told.free_texts(attempt.verdicts), MOST_BYTES)


def _rendered(attempt: Attempt, room: int) -> str:
    result = {
        # Said once more than the tests say it, so that no sum of decimals has to be trusted.
        "score": number(attempt.score.earned),
        "execution_time": round(attempt.seconds, 3),
        "output": sentences.score_of(attempt),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(verdict, room) for verdict in attempt.verdicts],
    }
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"


def _test(verdict: Verdict, room: int) -> dict[str, object]:
    has_passed = verdict.outcome is Outcome.PASSED
    return {
        "name": told.title(verdict, room),
        "score": number(earned(verdict)),
        "max_score": number(verdict.check.points),
        "status": "passed" if has_passed else "failed",
        "output": told.told(verdict, room),
    }
