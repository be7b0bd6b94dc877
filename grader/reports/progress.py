"""A course as its student sees it: a line for each exercise, a bar, and what to do next.

Where the table has no room each exercise is a few short lines instead. Times are those of the
reader's clock; the caller has brought them there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from grader.records import Outcome, points_text
from grader.reports.layout import Page, cells, clean, indented, joined, labelled, wrapped

_MIN_WIDTH = 30
# A longer word in a title may be broken.
_LONGEST_WORD = 14
_BAR = 24

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_HEADERS = (("", "", "", "last", ""), ("best", "visible", "hidden", "attempt", "due"))


@dataclass(frozen=True)
class Line:
    """One exercise, and where the student stands in it.

    `points` are all of the exercise, `visible` those of the checks that a student can read, None
    where a check does not say what it is worth. `here` is what can be earned in this copy of the
    course. `best` of `possible` is the best attempt; None before the first. `last_at` is when the
    last one was, and `due` the last minute to hand in; None is never.
    """

    exercise: str
    title: str
    points: Fraction
    visible: Fraction | None
    here: Fraction | None
    best: Fraction | None = None
    possible: Fraction | None = None
    last_at: datetime | None = None
    due: datetime | None = None

    @property
    def is_full(self) -> bool:
        """Whether all that can be earned in this copy is earned."""
        return self.best is not None and self.best == self.possible


@dataclass(frozen=True)
class Next:
    """What to do next: a sentence, and the commands that do it."""

    sentence: str
    commands: tuple[str, ...]


def render(
    title: str,
    lines: Sequence[Line],
    following: Next,
    now: datetime,
    *,
    width: int = 80,
    is_ascii: bool = False,
    has_color: bool = False,
) -> str:
    """Render a course; the text ends in a newline and no line is wider than `width`.

    Args:
        title: that of the course.
        lines: its exercises, in order.
        following: what to do next.
        now: the time, on the reader's clock; what was today shows its hour.
        width: cells of a line; below 30 the text is laid out for 30.
        is_ascii: keep to ASCII, for a terminal that can show nothing else.
        has_color: colour the marks and the bar with ANSI sequences.
    """
    page = Page(max(width, _MIN_WIDTH), is_ascii, has_color)
    text = [*wrapped(clean(joined(title), page), page.width), ""]
    text += _table(lines, now, page) or _blocks(lines, now, page)
    text += ["", *_bar(lines, page), "", *_following(following, page)]
    return "\n".join(line.rstrip() for line in text) + "\n"


def render_next(following: Next, *, width: int = 80, is_ascii: bool = False) -> str:
    """Render what to do next alone, as `render` does at the end."""
    lines = _following(following, Page(max(width, _MIN_WIDTH), is_ascii, False))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _following(following: Next, page: Page) -> list[str]:
    lines = labelled("  next  ", _clean(following.sentence, page), page.width)
    for command in following.commands:
        lines += indented(wrapped(_clean(command, page), page.width - 10), 10)
    return lines


def _clean(text: str, page: Page) -> str:
    return clean(joined(text), page)


def _table(lines: Sequence[Line], now: datetime, page: Page) -> list[str]:
    """Lay the exercises out in columns; no lines where the titles would have no room."""
    rows = [_cells(line, now, page, is_short=True) for line in lines]
    widths = [max(map(cells, column)) for column in zip(*_HEADERS, *rows, strict=True)]
    names = [_clean(line.exercise, page) for line in lines]
    titles = [_clean(line.title, page) for line in lines]
    start = 2 + cells(page.mark(Outcome.PASSED)) + 1
    hang = start + max(map(cells, ["exercise", *names])) + 2
    room = page.width - hang - sum(widths) - 2 * len(widths)
    words = [cells(word) for title in titles for word in title.split()]
    if room < min(max(words, default=0), _LONGEST_WORD):
        return []
    room = min(room, max(map(cells, titles), default=0))
    above, header = (_row(row, widths) for row in _HEADERS)
    text = [" " * (hang + room) + above]
    text += [(" " * start + "exercise").ljust(hang + room) + header]
    for line, name, title, row in zip(lines, names, titles, rows, strict=True):
        first, *more = wrapped(title, room)
        label = f"  {_mark(line, page)} {name}" + " " * (hang - start - cells(name))
        text += [label + first + " " * (room - cells(first)) + _row(row, widths)]
        text += indented(more, hang)
    return text


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    """Put cells side by side: points to the right of their columns, times to the left."""
    shown = [
        " " * (width - cells(cell)) + cell if column < 3 else cell + " " * (width - cells(cell))
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "".join(f"  {cell}" for cell in shown)


def _blocks(lines: Sequence[Line], now: datetime, page: Page) -> list[str]:
    """Lay each exercise out on lines of its own."""
    text = []
    for line in lines:
        best, visible, hidden, last, due = _cells(line, now, page, is_short=False)
        label = f"{_mark(line, page)} {_clean(line.exercise, page)}  "
        # A colour takes no cells.
        hang = cells(page.mark(Outcome.PASSED)) + 1 + cells(_clean(line.exercise, page)) + 2
        first, *more = wrapped(_clean(line.title, page), page.width - hang)
        parts = [f"best {best}", f"visible {visible}", f"hidden {hidden}"]
        parts += [f"last attempt {last}"] if line.last_at else []
        parts += [f"due {due}"] if line.due else []
        text += [label + first, *indented(more, hang)]
        text += indented(wrapped(", ".join(parts), page.width - 4), 4)
    return text


def _cells(line: Line, now: datetime, page: Page, *, is_short: bool) -> tuple[str, ...]:
    """Write best, visible, hidden, last attempt and due of an exercise.

    In a short form the hour of today stands alone, and so does the month of another year.
    """
    none = "-" if page.is_ascii else "–"
    best = none
    if line.best is not None and line.possible is not None:
        best = f"{points_text(line.best)} / {points_text(line.possible)}"
    visible = hidden = "?"
    if line.visible is not None:
        visible, hidden = points_text(line.visible), points_text(line.points - line.visible)
    last = moment(line.last_at, now) if line.last_at else none
    if is_short and line.last_at:
        is_other_year = line.last_at.year != now.year
        last = " ".join(last.split()[1:]) if is_other_year else last.removeprefix("today ")
    due = none
    if line.due:
        is_over = line.due < now
        due = moment(line.due, now, is_end=not is_over) + (", over" if is_over else "")
    return best, visible, hidden, last, due


def moment(at: datetime, now: datetime, *, is_end: bool = False) -> str:
    """Write a time as shortly as can be: "today 21:03", "12 Oct", "12 Oct 2027".

    Args:
        at: the time to write.
        now: the time, on the same clock.
        is_end: write the hour of other days too, unless it is the day's last minute.
    """
    hour = f"{at:%H:%M}"
    if at.date() == now.date():
        return f"today {hour}"
    day = f"{at.day} {_MONTHS[at.month - 1]}" + (f" {at.year}" if at.year != now.year else "")
    return f"{day} {hour}" if is_end and hour != "23:59" else day


def _mark(line: Line, page: Page) -> str:
    """Mark an exercise in which nothing is left to do in this copy."""
    mark = page.mark(Outcome.PASSED)
    return page.colored(mark, Outcome.PASSED) if line.is_full else " " * cells(mark)


def _bar(lines: Sequence[Line], page: Page) -> list[str]:
    """Draw what is earned, what is open here, and what is only tried at submission."""
    total = sum((line.points for line in lines), Fraction(0))
    got = sum((line.best or Fraction(0) for line in lines), Fraction(0))
    here = sum((line.points if line.here is None else line.here for line in lines), Fraction(0))
    here = max(here, got)
    full = int(_BAR * got / total) if total else 0
    # One cell less than full while a point is open, however small it is.
    known = max(int(_BAR * here / total) if total else 0, full)
    done, open_, later = ("#", "-", ".") if page.is_ascii else ("█", "░", "·")
    bar = done * full + open_ * (known - full) + later * (_BAR - known)
    painted = page.painted(bar[:full], 32) + bar[full:] if full else bar
    if here < total:
        what = (f"{points_text(got)} of {points_text(here)} points here; "
                f"{points_text(total - here)} more at submission")  # fmt: skip
    else:
        what = f"{points_text(got)} of {points_text(total)} points"
    room = page.width - _BAR - 4
    if cells(what) > room:
        return [f"  {painted}", *indented(wrapped(what, page.width - 2), 2)]
    return [f"  {painted}  {what}"]
