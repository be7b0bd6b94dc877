"""PrairieLearn: results.json, which an external grader leaves in /grade/results.

Ungraded: `gradable` is false, with which the student loses neither points nor one of the tries.
PrairieLearn then says "Invalid, not gradable", and our sentence below it whose fault it is; no
check has points. Skipped, stopped and crashed checks have 0 points and their message.
Size: 1 MB. Messages pass through a converter of terminal colours; none is left in ours.
"""

import json

from grader.records import Attempt, Verdict
from grader.reports import sentences
from grader.reports.exports import told
from grader.reports.exports.points import number
from grader.reports.exports.size import fit
from grader.scoring import earned

MOST_BYTES = 1_000_000


def export(attempt: Attempt) -> str:
    """Give results.json.

    Raises:
        CourseError: there are too many checks.
    """
    return fit(lambda room: _rendered(attempt, room), told.free_texts(attempt.verdicts), MOST_BYTES)


def _rendered(attempt: Attempt, room: int) -> str:
    score = attempt.score
    tests = [_test(verdict, score.is_decided, room) for verdict in attempt.verdicts]
    if score.is_decided:
        # Where nothing can be earned, nothing was lost.
        share = score.earned / score.possible if score.possible else 1
        result: dict[str, object] = {
            "gradable": True,
            "score": float(share),
            "message": sentences.score_of(attempt),
        }
    else:
        result = {"gradable": False, "format_errors": [sentences.score_of(attempt)]}
    result["tests"] = tests
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"


def _test(verdict: Verdict, is_decided: bool, room: int) -> dict[str, object]:
    test: dict[str, object] = {"name": told.title(verdict, room)}
    if is_decided:
        test["points"] = number(earned(verdict))
        test["max_points"] = number(verdict.check.points)
    return test | {"message": told.told(verdict, room)}
