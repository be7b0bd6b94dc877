"""Markdown for the summary of a job that graded several exercises: a table, then each in turn.

Above everything stand the points, or that there are none and what to do. Each exercise is
told as `markdown` tells one, and below it what else a student should know; one with every point is
folded, one that is not begun is in the table alone. Everything that somebody
else wrote is escaped or fenced. A step's summary above 1 MiB is lost, so long texts are cut.
"""

from grader.records import points_text
from grader.reports import sentences
from grader.reports.exports import markdown, told
from grader.reports.exports.size import cut, fit
from grader.reports.exports.text import plain
from grader.reports.sheet import Row, Sheet

MOST_BYTES = 1_000_000

_TURN = "tell your teacher; nothing is lost"


def export(sheet: Sheet, note: str = "") -> str:
    """Give GitHub Flavored Markdown.

    Args:
        sheet: what a student has.
        note: a sentence of ours above everything, or "".

    Raises:
        CourseError: there are too many checks.
    """
    texts = [sheet.why, *(text for row in sheet.rows for text in (row.title, row.why))]
    for attempt in sheet.attempts:
        texts += [attempt.title, attempt.path, *told.free_texts(attempt.verdicts)]
    return fit(lambda room: _rendered(sheet, note, room), texts, MOST_BYTES)


def _rendered(sheet: Sheet, note: str, room: int) -> str:
    lines = [f"## {_headline(sheet)}", ""]
    lines += [markdown.escaped(note), ""] if note else []
    lines += [*markdown.fenced(plain(cut(sheet.why, room))), ""] if sheet.why else []
    if len(sheet.rows) > 1:
        lines += ["| | exercise | points |", "|---|---|---:|"]
        lines += [_line(row, room) for row in sheet.rows] + [""]
    is_alone = len(sheet.rows) == 1
    for row in sheet.rows:
        if is_alone or row.attempt is None or told.is_begun(row.attempt):
            lines += [_folded(row, _told(row, room), is_alone), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _headline(sheet: Sheet) -> str:
    total = sheet.score
    if not sheet.rows:
        return f"Not graded: {_TURN}" if sheet.fault else "Nothing was graded"
    if not total.is_decided:
        return "No score yet"
    return f"{points_text(total.earned)} of {points_text(total.possible)} points"


def _folded(row: Row, text: str, is_alone: bool) -> str:
    """Fold away what has every point, below the table of all."""
    score = row.attempt.score if row.attempt else None
    if is_alone or score is None or not score.is_decided or score.earned < score.possible:
        return text
    # Within these tags Markdown is read again after an empty line; an id needs no escaping.
    return f"<details>\n<summary>{row.exercise}</summary>\n\n{text}\n</details>"


def _line(row: Row, room: int) -> str:
    attempt = row.attempt
    mark, points = "?", f"? / {points_text(row.points)}"
    if attempt is not None and row.is_graded:
        is_full = attempt.score.earned == attempt.score.possible
        mark = "✓" if is_full else "✗" if told.is_begun(attempt) else "–"
        points = sentences.score_of(attempt)
    if attempt is not None and row.withheld:
        points += f", {points_text(row.withheld)} more at submission"
    name = markdown.escaped(f"{row.exercise}: {cut(row.title, room)}")
    return f"| {mark} | {name} | {points} |"


def _told(row: Row, room: int) -> str:
    if row.attempt is None:
        why = markdown.fenced(plain(cut(row.why, room)))
        heading = markdown.escaped(f"{row.exercise}: {cut(row.title, room)}")
        return "\n".join([f"### {heading}", "", f"**Not graded: {_TURN}.**", "", *why])
    closing = sentences.closing(row.attempt, row.notes, row.withheld, row.hidden)
    below = [f"\n{markdown.escaped(cut(sentence, max(room, 200)))}\n" for sentence in closing]
    return markdown.rendered(row.attempt, room) + "".join(below)
