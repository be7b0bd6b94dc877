"""Autolab: the last two lines that an autograder prints, its feedback and its scores.

The assessment needs a problem for each check, named by the check's id, and no score for another.

Ungraded: the score of every problem is null, which leaves it blank. Autolab writes 0 for all of
them as soon as it cannot read the last line or finds nothing in it (saveAutograde in
app/helpers/assessment_autograde_core.rb), so that line is there even then.
Skipped, stopped and crashed checks have 0 points and their message as the hint.
Size: Tango keeps about 1 MB of what a job prints; here it is at most 900 kB.
"""

import json

from grader.records import Attempt, Outcome, Verdict
from grader.reports.exports import told
from grader.reports.exports.points import number
from grader.reports.exports.size import fit
from grader.reports.exports.text import distinct, one_line
from grader.scoring import earned

MOST_BYTES = 900_000

_STAGE = "Checks"


def export(attempt: Attempt) -> str:
    """Give two lines, each one object of JSON: the feedback, then the scores.

    Raises:
        SandboxError: there is no check, and so no problem to leave blank.
        CourseError: there are too many checks.
    """
    if not attempt.verdicts:
        told.refuse(attempt, "Autolab would write 0 for every problem, whatever is printed")
    return fit(lambda room: _rendered(attempt, room), told.free_texts(attempt.verdicts), MOST_BYTES)


def _rendered(attempt: Attempt, room: int) -> str:
    names = distinct(one_line(verdict.check.id) for verdict in attempt.verdicts)
    rows = list(zip(names, attempt.verdicts, strict=True))
    feedback = {
        "_presentation": "semantic",
        "stages": [_STAGE],
        _STAGE: {name: _result(verdict, room) for name, verdict in rows},
    }
    scores = {
        name: number(earned(verdict)) if attempt.score.is_decided else None
        for name, verdict in rows
    }
    return f"{json.dumps(feedback, ensure_ascii=False)}\n{_line(scores)}\n"


def _result(verdict: Verdict, room: int) -> dict[str, object]:
    result: dict[str, object] = {"passed": verdict.outcome is Outcome.PASSED}
    hint = "\n".join(line for line in (told.title(verdict, room), told.told(verdict, room)) if line)
    return result if result["passed"] else result | {"hint": hint}


def _line(scores: dict[str, int | float | None]) -> str:
    """Write the scores so that Autolab reads what is meant.

    It puts quotes around every word before a colon before it parses the line, as if they were
    missing, so a name must not hold one.
    """
    cells = [
        json.dumps(name, ensure_ascii=False).replace(":", r"\u003a") + f": {json.dumps(points)}"
        for name, points in scores.items()
    ]
    return '{"scores": {' + ", ".join(cells) + "}}"
