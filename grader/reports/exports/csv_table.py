"""A table for spreadsheets: one row for each check, with the exact points as decimals.

Ungraded: every row says so in its column `status`, and the points of a check that could not be
graded are an empty cell, so that no sum makes a zero of it.
Skipped, stopped and crashed checks have 0 points; `verdict` tells them apart.
No cell is a formula, and none holds more than a cell of Excel does: see `cells`.
"""

import csv
import io

from grader.records import Attempt, Outcome, Verdict, points_text
from grader.reports.exports.cells import cell
from grader.scoring import earned

COLUMNS = (
    "exercise",
    "submission",
    "digest",
    "status",
    "check",
    "title",
    "verdict",
    "visibility",
    "points",
    "possible",
    "message",
    "mistake",
    "diagnosis",
    "seconds",
)


def export(attempt: Attempt) -> str:
    """Give a header and a row for each check, in UTF-8 with plain line ends."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for verdict in attempt.verdicts:
        writer.writerow(_row(attempt, verdict))
    return file.getvalue()


def _row(attempt: Attempt, verdict: Verdict) -> list[str]:
    check, diagnosis = verdict.check, verdict.diagnosis
    is_known = verdict.outcome is not Outcome.UNGRADED
    return [
        cell(attempt.exercise),
        cell(attempt.path),
        attempt.digest,
        "graded" if attempt.score.is_decided else "ungraded",
        cell(check.id),
        cell(check.title),
        verdict.outcome.value,
        check.visibility.value,
        points_text(earned(verdict)) if is_known else "",
        points_text(check.points),
        cell(verdict.message, has_lines=True),
        cell(diagnosis.mistake if diagnosis else ""),
        cell(diagnosis.text if diagnosis else ""),
        f"{verdict.seconds:.3f}",
    ]
