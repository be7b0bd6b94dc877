"""A table for spreadsheets: one row for each check, with the exact points as decimals.

Ungraded: every row says so in its column `status`, and the points of a check that could not be
graded are an empty cell, so that no sum makes a zero of it.
Skipped, stopped and crashed checks have 0 points; `verdict` tells them apart.
No cell is a formula: what a spreadsheet would take for one begins with an apostrophe.
Size: a cell of Excel holds 32,767 characters.
"""

import csv
import io

from grader.records import Attempt, Outcome, Verdict, points_text
from grader.reports.exports.size import cut
from grader.reports.exports.text import one_line, plain
from grader.scoring import earned

MOST_CHARACTERS_OF_A_CELL = 32_767

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

# Excel, LibreOffice and Google Sheets begin a formula with these, also in their wide forms
# (OWASP, CSV Injection); spaces before them are skipped by some.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


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
        _cell(attempt.exercise),
        _cell(attempt.path),
        attempt.digest,
        "graded" if attempt.score.is_decided else "ungraded",
        _cell(check.id),
        _cell(check.title),
        verdict.outcome.value,
        check.visibility.value,
        points_text(earned(verdict)) if is_known else "",
        points_text(check.points),
        _cell(verdict.message, has_lines=True),
        _cell(diagnosis.mistake if diagnosis else ""),
        _cell(diagnosis.text if diagnosis else ""),
        f"{verdict.seconds:.3f}",
    ]


def _cell(text: str, *, has_lines: bool = False) -> str:
    """Write a text so that it fits into a cell and stays a text."""
    # What does not print is written as an escape, which is longer: so the cut comes twice.
    shown = cut(text, MOST_CHARACTERS_OF_A_CELL)
    shown = plain(shown.strip("\n")) if has_lines else one_line(shown)
    if shown.lstrip().startswith(_FORMULA):
        shown = f"'{shown}"
    return cut(shown, MOST_CHARACTERS_OF_A_CELL)
