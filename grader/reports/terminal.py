"""One attempt as text for a terminal: a line for each check, the score last.

Whatever a student wrote (a message, a path, a source line) goes through `layout.clean`: it is shown
and never obeyed. Colour repeats what a mark already says.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.records import Attempt, Verdict
from grader.reports import sentences
from grader.reports.layout import Page, cells, clean, cut, indented, joined, labelled, wrapped

# Below this a line of a check has no room for its title and its points.
_MIN_WIDTH = 30
# A title that is cut to less says nothing.
_TITLE = 20
_DIM = 2


def render(
    attempt: Attempt,
    *,
    notes: Sequence[str] = (),
    withheld: Fraction = Fraction(0),
    hidden: int | None = None,
    hints: Mapping[str, str] | None = None,
    width: int = 80,
    is_ascii: bool = False,
    has_color: bool = False,
) -> str:
    """Render an attempt; the text ends in a newline and no line is wider than `width`.

    Args:
        attempt: what happened.
        notes: sentences to print after the score, one each.
        withheld: points of the checks that are not there and are tried at submission.
        hidden: how many these are; None where nobody knows.
        hints: what to type for a hint, by the ids of the checks that have one.
        width: cells of a line; below 30 the text is laid out for 30.
        is_ascii: keep to ASCII, for a terminal that can show nothing else.
        has_color: colour the marks with ANSI sequences.
    """
    page = Page(max(width, _MIN_WIDTH), is_ascii, has_color)
    everywhere, told = sentences.shared_once(attempt.verdicts)
    lines = [*_header(attempt, page), ""]
    if everywhere != sentences.NOTHING:
        lines += [*indented(_body(everywhere, page.width - 2, page), 2), ""]
    for verdict, tale in zip(attempt.verdicts, told, strict=True):
        hint = (hints or {}).get(verdict.check.id, "")
        lines += _check(verdict, tale, hint, page)
    lines += [""] if attempt.verdicts else []
    lines += _score(attempt, withheld, page)
    lines += _footer(sentences.closing(attempt, notes, withheld, hidden), page)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _header(attempt: Attempt, page: Page) -> list[str]:
    """Name the exercise at the left and the submission at the right, below it if need be."""
    label = clean(joined(attempt.exercise), page) + "  "
    title = clean(joined(attempt.title), page)
    path = clean(attempt.path, page)
    gap = page.width - cells(label + title) - cells(path)
    if gap >= 2:
        return [label + title + " " * gap + path]
    if cells(label) > page.width // 2:
        lines = wrapped(label + title, page.width)
    else:
        lines = labelled(label, title, page.width)
    room = page.width - 2
    if cells(path) > room:
        # The end of a path says whose files they are, so its beginning is cut.
        path = page.dots + cut(path[::-1], room - len(page.dots))[::-1]
    return [*lines, " " * (page.width - cells(path)) + path]


def _check(verdict: Verdict, told: sentences.Told, hint: str, page: Page) -> list[str]:
    """Lay out one check: mark, title and points on its line, what is told below it.

    One that waits for another is a line and no more: what has to be repaired is told there.
    """
    mark = page.mark(verdict.outcome)
    gap = " " if page.is_ascii else "  "
    hang = 2 + len(mark + gap)
    points = sentences.points_of(verdict)
    room = page.width - hang - len(points) - 2
    title = clean(joined(verdict.check.title), page)
    if need := sentences.need_of(verdict, told):
        first, *more = _waiting(title, clean(need, page), room, page)
        lines = [f"  {mark}{gap}{first}  {points}", *indented(more, hang + 2)]
        return [page.painted(line, _DIM) for line in lines]
    title, *more = wrapped(title, room)
    fill = " " * (room - cells(title) + 2)
    given = verdict.evidence.given if verdict.evidence else ""
    if told[0].startswith(given):
        told = told[0][len(given) :].removeprefix("\n"), told[1]
    else:
        given = ""
    below = _call(clean(joined(given), page), page.width - hang - 2)
    below += _body(told, page.width - hang - 2, page)
    if hint:
        command = labelled("hint: ", clean(hint, page), page.width - hang - 2)
        below += [page.painted(line, _DIM) for line in command]
    return [
        f"  {page.colored(mark, verdict.outcome)}{gap}{title}{fill}{points}",
        *indented(more, hang),
        *indented(below, hang + 2),
    ]


def _waiting(title: str, need: str, room: int, page: Page) -> list[str]:
    """Write what a check demands and, at the end of the room or below, what it needs."""
    left = room - cells(need) - 2
    if left >= _TITLE:
        title = _shortened(title, left, page)
        return [title + " " * (room - cells(title) - cells(need)) + need]
    title = _shortened(title, room, page)
    return [title + " " * (room - cells(title)), _shortened(need, room - 2, page)]


def _shortened(text: str, room: int, page: Page) -> str:
    if cells(text) <= room:
        return text
    return cut(text, room - len(page.dots)).rstrip() + page.dots


def _call(line: str, room: int) -> list[str]:
    """Break a call between its arguments, which stand below each other then."""
    if cells(line) <= room:
        return [line] if line else []
    start = line.find("(") + 1
    arguments = _arguments(line[start:])
    is_roomy = all(start + cells(each.rstrip()) <= room for each in arguments)
    hang = start if is_roomy else 2
    lines = [line[:start]] if is_roomy else [line[:start], " " * hang]
    for argument in arguments:
        if lines[-1].strip() and cells(f"{lines[-1]}{argument}".rstrip()) > room:
            lines.append(" " * hang)
        lines[-1] += argument
    return [part for each in lines for part in _hung(each.rstrip(), room)]


def _arguments(text: str) -> list[str]:
    """Split what stands between brackets after each comma of the outermost level."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        parts[-1] += character
        if character == " " and depth == 0 and parts[-1].endswith(", "):
            parts.append("")
    return parts


def _hung(line: str, room: int) -> list[str]:
    """Break a line that is too long, and begin what follows two cells behind its own beginning."""
    if cells(line) <= room:
        return [line]
    indent = min(len(line) - len(line.lstrip()) + 2, room // 2)
    label = line[: len(line) - len(line.lstrip())]
    first, *more = wrapped(line.lstrip(), room - indent)
    return [label + first, *indented(more, indent)]


def _body(told: sentences.Told, room: int, page: Page) -> list[str]:
    """Lay out a message, bounded, and the diagnosis set apart below it, in `room` cells."""
    message, diagnosis = told
    lines = _message(message, room, page) if message else []
    if diagnosis:
        # A diagnosis is one sentence; the bound is for one that quotes what the student wrote.
        text = clean(diagnosis[: sentences.MAX_CHARACTERS], page)
        lines += labelled(page.arrow, text, room)
    return lines


def _message(message: str, room: int, page: Page) -> list[str]:
    """Wrap the sentences of a message, and keep the spacing of lines that start with a space.

    Such a line is source or a table: it is cut to the room, around its caret if one follows it.
    """
    source = sentences.lines_of(message, lambda line: clean(line, page), page.dots)
    lines: list[str] = []
    start = 0
    table = _table_in(source)
    source, below = (source[: -len(table)], table) if table else (source, [])
    for line, following in zip(source, [*source[1:], ""], strict=False):
        if sentences.CARETS.fullmatch(line):
            lines.append(cut(line[start:], room))
            continue
        has_caret = sentences.CARETS.fullmatch(following) is not None
        start = _first_shown(following, room) if has_caret else 0
        if has_caret or line.startswith(" "):
            lines.append(_window(line, start, room, page.dots))
        else:
            lines += wrapped(line, room)
    return lines + _table(below, room, page)


def _table_in(source: list[str]) -> list[str]:
    """Take the table that a message ends with: what came, what is right, and perhaps carets."""
    for start in (len(source) - 3, len(source) - 2):
        rows = source[max(start, 0) :]
        labels = (sentences.GOT, sentences.EXPECTED)
        if all(row.startswith(label) for row, label in zip(rows, labels, strict=False)):
            return rows if len(rows) >= len(labels) else []
    return []


def _table(rows: list[str], room: int, page: Page) -> list[str]:
    """Write a table, all of its lines cut alike, around the caret."""
    label = len(sentences.GOT)
    if len(rows) < 3:
        return [line for row in rows for line in labelled(row[:label], row[label:], room)]
    carets = rows[2][label:]
    start = _first_shown(carets, room - label)
    shown = [row[:label] + _window(row[label:], start, room - label, page.dots) for row in rows[:2]]
    return [*shown, " " * label + cut(carets[start:], room - label)]


def _first_shown(carets: str, room: int) -> int:
    """Choose the first column to show so that the caret is within `room` columns."""
    column = carets.index("^") if "^" in carets else carets.index("~")
    return 0 if len(carets.rstrip()) < room or column < room // 2 else column - room // 2


def _window(line: str, start: int, room: int, dots: str) -> str:
    """Show `room` cells of a line from a column on, with dots where something is cut."""
    shown = line[start:]
    if start:
        shown = dots + shown[len(dots) :]
    return shown if cells(shown) <= room else cut(shown, room - len(dots)) + dots


def _score(attempt: Attempt, withheld: Fraction, page: Page) -> list[str]:
    """Write the score, or that there is none, with the time it took and the seed."""
    how = sentences.circumstances(attempt)
    start = "  score  "
    text = sentences.score_of(attempt)
    if not attempt.score.is_decided:
        return [*labelled(start, text, page.width), " " * len(start) + how]
    text += " so far" if withheld else ""
    if len(start + text) + 6 + len(how) <= page.width:
        return [f"{start}{text}      {how}"]
    return [start + text, " " * len(start) + how]


def _footer(closing: Sequence[str], page: Page) -> list[str]:
    """Write what was checked and what was not, then the notes."""
    lines: list[str] = []
    for sentence in closing:
        lines += labelled("  ", clean(sentence, page), page.width)
    return ["", *lines] if lines else []


def printable(line: str, *, is_ascii: bool = False) -> str:
    """Write a line of a student's output so that it can do nothing to a terminal."""
    return clean(line, Page(80, is_ascii, False))
