"""Markdown for the summary of a GitHub Actions job: a table of checks, then what to do.

Ungraded: the score is replaced by the reason why there is none, and such a check has "?" points.
Skipped, stopped and crashed checks are in the table with 0 points and are told below it.
Titles and diagnoses are escaped; messages stand in fences that nothing in them can close, so that
no text becomes an image, a heading or HTML. GitHub makes a link of a bare address in a title, to
where it says. Equal messages are told once.
Size: a step whose summaries exceed 1 MiB loses them all.
"""

import re

from grader.records import Attempt, Outcome, Verdict
from grader.reports import sentences
from grader.reports.exports import told
from grader.reports.exports.size import cut, fit
from grader.reports.exports.text import one_line

MOST_BYTES = 1_000_000

_MARKS = {Outcome.PASSED: "✓", Outcome.SKIPPED: "–", Outcome.UNGRADED: "?"}
_LOST = "✗"

# What GitHub's Markdown gives a meaning to within a line.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$&#!@])")
# What it gives a meaning to where a paragraph begins: the items of lists, and rules.
_START = re.compile(r"^(\d{1,9}(?=[.)](?: |$))|(?=[-+=]))")


def export(attempt: Attempt) -> str:
    """Give a piece of GitHub Flavored Markdown.

    Raises:
        CourseError: there are too many checks.
    """
    texts = [attempt.title, attempt.path, *told.free_texts(attempt.verdicts)]
    return fit(lambda room: rendered(attempt, room), texts, MOST_BYTES)


def rendered(attempt: Attempt, room: int) -> str:
    """Write an attempt with `room` characters for each free text."""
    lines = [f"### {escaped(f'{attempt.exercise}: {cut(attempt.title, room)}')}", ""]
    lines += [f"**{escaped(sentences.score_of(attempt))}**", ""]
    if attempt.verdicts:
        lines += ["| | check | points |", "|---|---|---:|"]
        lines += [_row(verdict, room) for verdict in attempt.verdicts] + [""]
    for message, verdicts in _grouped(attempt, room).items():
        titles = "; ".join(_title(verdict, room) for verdict in verdicts)
        lines += [f"**{titles}**", "", *fenced(message), ""]
    path = escaped(cut(attempt.path, room))
    lines += [f"Submission {path}, seed {attempt.environment.seed}"]
    return "\n".join(lines) + "\n"


def _grouped(attempt: Attempt, room: int) -> dict[str, list[Verdict]]:
    """Group the checks by what is told about them, in order."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in attempt.verdicts:
        message = told.told(verdict, room)
        if message:
            groups.setdefault(message, []).append(verdict)
    return groups


def _row(verdict: Verdict, room: int) -> str:
    mark = _MARKS.get(verdict.outcome, _LOST)
    return f"| {mark} | {_title(verdict, room)} | {sentences.points_of(verdict)} |"


def _title(verdict: Verdict, room: int) -> str:
    return escaped(told.title(verdict, room))


def escaped(text: str) -> str:
    """Write a text on one line, where it means its letters only."""
    return _START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", one_line(text)))


def fenced(text: str) -> list[str]:
    """Put a text between fences that are longer than any run of backquotes in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", text, fence]
