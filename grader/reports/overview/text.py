"""An overview as text for a terminal: tables, a histogram, sentences.

Names, paths and messages are anybody's words: what does not print is written as its escape, as in
the report of an attempt.
"""

import textwrap
from collections.abc import Iterator, Sequence

from grader.items import BINS, Spread
from grader.records import Outcome, Score, Verdict, points_text
from grader.reports.overview import ExerciseFigures, Overview, Part, StudentOverview, Ungraded
from grader.reports.terminal import printable

NONE = "–"
_BAR = 40  # cells of the longest bar of a histogram
_MOST = 20  # ungraded submissions that are listed by name


def render(found: Overview | StudentOverview, *, width: int = 80, is_ascii: bool = False) -> str:
    """Render a class or one student.

    Args:
        found: what is told. Of a class with one exercise, its checks, mistakes and times as well.
        width: characters of a line; longer ones are broken, tables are not made narrower.
        is_ascii: keep to ASCII, for a terminal that can show nothing else.
    """
    lines = _class(found) if isinstance(found, Overview) else _student(found)
    shown = (printable(line, is_ascii=is_ascii).rstrip() for line in lines)
    return "\n".join(part for line in shown for part in _broken(line, width)) + "\n"


def _class(overview: Overview) -> list[str]:
    lines = [overview.course, "", *_table(overview.exercises)]
    if len(overview.exercises) == 1:
        lines += _exercise(overview.exercises[0])
    lines += _ungraded(overview.ungraded)
    if len(overview.exercises) > 1:
        lines += ["", "grade report EXERCISE tells its scores, checks, mistakes and times."]
    return lines


def _student(student: StudentOverview) -> list[str]:
    """Lay out each exercise, what its score is made of, and the checks that are lost."""
    named = f"{student.student}  {student.name}" if student.name else student.student
    lines = [named, ""]
    ids = max((len(part.exercise) for part in student.parts), default=0)
    for part in student.parts:
        lines.append(f"{part.exercise:{ids}}  {score_text(part.score):>12}  {summary(part)}")
        for verdict in _lost(part):
            lines.append(f"    {verdict.check.id}: {cause(verdict)}")
    lines += ["", f"{'total':{ids}}  {score_text(student.total):>12}"]
    if student.dropped:
        lines.append(f"not counted: {', '.join(student.dropped)}")
    return lines


def score_text(score: Score | None) -> str:
    """Write a score: "7 / 10", "not graded", or a dash where there is none."""
    if score is None:
        return NONE
    if not score.is_decided:
        return "not graded"
    return f"{points_text(score.earned)} / {points_text(score.possible)}"


def percent(share: float | None) -> str:
    """Write a share as whole per cent; all and nothing only where it is exactly that."""
    if share is None:
        return NONE
    whole = round(100 * share)
    if whole == 100 and share < 1:
        return "> 99 %"
    return "< 1 %" if whole == 0 and share > 0 else f"{whole} %"


def quartiles(spread: Spread | None) -> str:
    """Write the quartiles of shares: "50, 67, 90 %"."""
    if spread is None:
        return NONE
    return ", ".join(f"{100 * q:.0f}" for q in (spread.first, spread.median, spread.third)) + " %"


def number(value: float | None) -> str:
    """Write a correlation to two places."""
    return NONE if value is None else f"{value:.2f}".replace("-", "−")


def time_used(figures: ExerciseFigures) -> str:
    """Say how long the attempts took that count."""
    spread = figures.seconds
    if spread is None:
        return "no attempt counts"
    return (
        f"half of the attempts took less than {spread.median:.2g} s, three quarters less than "
        f"{spread.third:.2g} s, the longest {spread.most:.2g} s ({figures.slowest}); wall time"
    )


def bins() -> list[str]:
    """Name the bars of a histogram."""
    tenth = 100 // BINS
    return [*(f"{tenth * k} to {tenth * (k + 1)} %" for k in range(BINS)), "full marks"]


def summary(part: Part) -> str:
    """Say what a score is made of besides its checks, and of how many attempts."""
    kept = [f"{key}: {text}" for key, text in part.made_of.items() if key not in _PLAIN]
    count = len(part.tried)
    tried = [f"{count} attempt{'s' * (count > 1)}"] if count else ["nothing handed in"]
    return "; ".join([*tried, *kept])


def cause(verdict: Verdict) -> str:
    """Say in one line why a check is lost: its diagnosis, or else its message."""
    told = verdict.diagnosis.text if verdict.diagnosis else verdict.message
    return " ".join(told.split()) or verdict.outcome.value.replace("_", " ")


# Parts of a score that say nothing out of the ordinary.
_PLAIN = frozenset({"checks", "attempt", "state"})


def _table(exercises: Sequence[ExerciseFigures]) -> list[str]:
    rows = [("exercise", "graded", "ungraded", "nothing", "mean", "quartiles", "full marks")]
    for each in exercises:
        full = each.full / each.decided if each.decided else None
        mean = percent(each.shares.mean if each.shares else None)
        counts = (str(each.decided), str(each.undecided), str(each.absent))
        rows.append((each.id, *counts, mean, quartiles(each.shares), percent(full)))
    return list(_aligned(rows))


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Set a table: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([f"{first:{widths[0]}}", *cells])


def _exercise(figures: ExerciseFigures) -> list[str]:
    lines = ["", f"{figures.title}, {points_text(figures.possible)} points", "", "scores"]
    most = max(*figures.histogram, 1)
    for name, count in zip(bins(), figures.histogram, strict=True):
        bar = "#" * -(-_BAR * count // most)
        lines.append(f"  {name:>10}  {bar} {count}" if count else f"  {name:>10}")
    if figures.checks:
        lines += ["", *_checks(figures)]
    if figures.mistakes:
        lines += ["", "mistakes, by how many students were told them"]
        for each in figures.mistakes:
            where = ", ".join(each.checks)
            told = f"{each.diagnosis.mistake}: {each.diagnosis.text}"
            lines.append(f"  {each.students:>5}  {told} ({where})")
    return [*lines, "", f"time: {time_used(figures)}"]


def _checks(figures: ExerciseFigures) -> Iterator[str]:
    rows = [("check", "points", "earned", "tells apart", "ended as")]
    for check in figures.checks:
        item = check.item
        lost = sorted(
            (how for how in check.outcomes if how is not Outcome.PASSED),
            key=lambda how: -check.outcomes[how],
        )
        ends = ", ".join(f"{check.outcomes[how]} {how.value}" for how in lost[:2]) or "all passed"
        shown = (percent(item.difficulty), number(item.discrimination))
        rows.append((check.id, points_text(check.possible), *shown, ends))
    yield from _aligned(rows)
    yield "  earned: the share of the check's points"
    yield "  tells apart: the correlation with the points of the other checks; near 0 a"
    yield "  check tells nothing, below 0 look whether it is right"
    if figures.others:
        yield f"  {figures.others} attempts were graded by other checks and are left out here."


def _ungraded(found: Sequence[Ungraded]) -> list[str]:
    if not found:
        return []
    lines = ["", "not graded, through no fault of theirs"]
    lines += [f"  {one.student}  {one.exercise}  {one.why}" for one in found[:_MOST]]
    more = len(found) - _MOST
    return [*lines, f"  and {more:,} more; --json lists them all"] if more > 0 else lines


def _lost(part: Part) -> list[Verdict]:
    verdicts = part.attempt.verdicts if part.attempt else ()
    return [verdict for verdict in verdicts if verdict.outcome is not Outcome.PASSED]


def _broken(line: str, width: int) -> list[str]:
    """Break a line that is too long at spaces; what follows stands four characters further in."""
    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(
        line, width, subsequent_indent=indent, drop_whitespace=True, break_on_hyphens=False
    )
