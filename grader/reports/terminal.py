"""One attempt as text for a terminal: a line for each check, the score last.

Whatever a student wrote (a message, a path, a source line) is shown and never obeyed: a character
that does not print is written as its escape, so no text can move the cursor, change a colour or
turn the direction of a line. Colour repeats what a mark already says. Widths are counted in cells:
a Chinese letter takes two, a combining accent none.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.records import Attempt, Outcome, Verdict, Visibility, points_text
from grader.scoring import earned

# What is kept of one message: enough for a traceback and a table, not for a printed tensor.
_MAX_LINES, _HEAD_LINES, _TAIL_LINES = 40, 29, 10
_MAX_CHARACTERS, _HEAD_CHARACTERS, _TAIL_CHARACTERS = 2000, 1400, 500

# Below this a line of a check has no room for its title and its points.
_MIN_WIDTH = 30

_MARKS = {Outcome.PASSED: "✓", Outcome.SKIPPED: "–", Outcome.UNGRADED: "?"}
_ASCII_MARKS = {Outcome.PASSED: "[ok]", Outcome.SKIPPED: "[--]", Outcome.UNGRADED: "[??]"}
_LOST, _ASCII_LOST = "✗", "[no]"
_COLOURS = {Outcome.PASSED: 32, Outcome.SKIPPED: 33, Outcome.UNGRADED: 35}
_LOST_COLOUR = 31

# Said where a verdict brings no message of its own.
_FALLBACKS = {
    Outcome.RAISED: "raised an error",
    Outcome.TIMED_OUT: "took too long and was stopped",
    Outcome.OUT_OF_MEMORY: "used more memory than is allowed",
    Outcome.FORBIDDEN: "did something that is not allowed here",
    Outcome.CRASHED: "ended the program before it answered",
    Outcome.UNGRADED: "could not be graded; the files are not at fault",
}

# What our own sentences and a teacher's titles use, one ASCII letter for each.
_TO_ASCII = str.maketrans("–—−‘’“”×·", "---''\"\"x.")

_CARETS = re.compile(r" *[~^][~^ ]*")

# What is told about a verdict: its message and the text of its diagnosis, either may be "". What
# puts an error into other words is part of the message: its first line.
_Told = tuple[str, str]
_NOTHING: _Told = ("", "")


@dataclass(frozen=True)
class _Page:
    """How wide the text is, and what the terminal can show."""

    width: int
    is_ascii: bool
    has_color: bool

    @property
    def arrow(self) -> str:
        """What sets a diagnosis apart from the message."""
        return "-> " if self.is_ascii else "→ "

    @property
    def dots(self) -> str:
        """What stands where something was cut."""
        return "..." if self.is_ascii else "…"

    def mark(self, outcome: Outcome) -> str:
        """Give the mark of an outcome without its colour."""
        if self.is_ascii:
            return _ASCII_MARKS.get(outcome, _ASCII_LOST)
        return _MARKS.get(outcome, _LOST)

    def colored(self, mark: str, outcome: Outcome) -> str:
        """Give the mark in its colour where colours are wanted."""
        if not self.has_color:
            return mark
        return f"\x1b[{_COLOURS.get(outcome, _LOST_COLOUR)}m{mark}\x1b[0m"


def render(
    attempt: Attempt,
    *,
    notes: Sequence[str] = (),
    withheld: Fraction = Fraction(0),
    width: int = 80,
    is_ascii: bool = False,
    has_color: bool = False,
) -> str:
    """Render an attempt; the text ends in a newline and no line is wider than `width`.

    Args:
        attempt: what happened.
        notes: sentences to print after the score, one each.
        withheld: points of the checks that are not there and are tried at submission.
        width: cells of a line; below 30 the text is laid out for 30.
        is_ascii: keep to ASCII, for a terminal that can show nothing else.
        has_color: colour the marks with ANSI sequences.
    """
    page = _Page(max(width, _MIN_WIDTH), is_ascii, has_color)
    everywhere, told = _shared_once(attempt.verdicts)
    lines = [*_header(attempt, page), ""]
    if everywhere != _NOTHING:
        lines += [*_indented(_body(everywhere, page.width - 2, page), 2), ""]
    for verdict, tale in zip(attempt.verdicts, told, strict=True):
        lines += _check(verdict, tale, page)
    lines += [""] if attempt.verdicts else []
    lines += _score(attempt, withheld, page)
    lines += _footer(attempt, notes, withheld, page)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _shared_once(verdicts: Sequence[Verdict]) -> tuple[_Told, list[_Told]]:
    """Decide what is told above the list and below each check, so that nothing is told twice.

    What every check that was tried says alike (a file that does not load) stands above the list.
    """
    tales = [_tale(verdict) for verdict in verdicts]
    tried = [
        tale
        for verdict, tale in zip(verdicts, tales, strict=True)
        if verdict.outcome is not Outcome.SKIPPED
    ]
    is_everywhere = len(tried) > 1 and len(set(tried)) == 1
    everywhere = tried[0] if is_everywhere else _NOTHING
    told: list[_Told] = []
    first: dict[_Told, Verdict] = {}
    last = everywhere
    for verdict, tale in zip(verdicts, tales, strict=True):
        is_short = verdict.outcome is Outcome.SKIPPED and "\n" not in tale[0]
        if tale in (_NOTHING, everywhere):
            told.append(_NOTHING)
        elif tale in first and not is_short:
            named = "as above" if tale == last else f"as for: {_joined(first[tale].check.title)}"
            told.append((named, ""))
        else:
            told.append(tale)
            first.setdefault(tale, verdict)
            last = tale
    return everywhere, told


def _tale(verdict: Verdict) -> _Told:
    """Give what is told about one verdict, with a sentence of ours where it brings none."""
    message = verdict.message.strip("\n").rstrip()
    if not message and verdict.outcome is Outcome.SKIPPED and verdict.check.needs:
        message = f"not tried: needs {verdict.check.needs}"
    message = message or _FALLBACKS.get(verdict.outcome, "")
    diagnosis = _joined(verdict.diagnosis.text) if verdict.diagnosis else ""
    if verdict.diagnosis and verdict.diagnosis.is_translation:
        return f"{diagnosis[:_MAX_CHARACTERS]}\n{message}", ""
    return message, diagnosis


def _header(attempt: Attempt, page: _Page) -> list[str]:
    """Name the exercise at the left and the submission at the right, below it if need be."""
    label = _clean(_joined(attempt.exercise), page) + "  "
    title = _clean(_joined(attempt.title), page)
    path = _clean(attempt.path, page)
    gap = page.width - _cells(label + title) - _cells(path)
    if gap >= 2:
        return [label + title + " " * gap + path]
    if _cells(label) > page.width // 2:
        lines = _wrapped(label + title, page.width)
    else:
        lines = _labelled(label, title, page.width)
    room = page.width - 2
    if _cells(path) > room:
        # The end of a path says whose files they are, so its beginning is cut.
        path = page.dots + _cut(path[::-1], room - len(page.dots))[::-1]
    return [*lines, " " * (page.width - _cells(path)) + path]


def _check(verdict: Verdict, told: _Told, page: _Page) -> list[str]:
    """Lay out one check: mark, title and points on its line, what is told below it."""
    mark = page.mark(verdict.outcome)
    gap = " " if page.is_ascii else "  "
    hang = 2 + len(mark + gap)
    # An ungraded check has not lost its points: a 0 would read as if it had.
    got = "?" if verdict.outcome is Outcome.UNGRADED else points_text(earned(verdict))
    points = f"{got} / {points_text(verdict.check.points)}"
    room = page.width - hang - len(points) - 2
    title, *more = _wrapped(_clean(_joined(verdict.check.title), page), room)
    fill = " " * (room - _cells(title) + 2)
    return [
        f"  {page.colored(mark, verdict.outcome)}{gap}{title}{fill}{points}",
        *_indented(more, hang),
        *_indented(_body(told, page.width - hang - 2, page), hang + 2),
    ]


def _body(told: _Told, room: int, page: _Page) -> list[str]:
    """Lay out a message, bounded, and the diagnosis set apart below it, in `room` cells."""
    message, diagnosis = told
    lines = _message(message, room, page) if message else []
    if diagnosis:
        # A diagnosis is one sentence; the bound is for one that quotes what the student wrote.
        text = _clean(diagnosis[:_MAX_CHARACTERS], page)
        lines += _labelled(page.arrow, text, room)
    return lines


def _message(message: str, room: int, page: _Page) -> list[str]:
    """Wrap the sentences of a message, and keep the spacing of lines that start with a space.

    Such a line is source or a table: it is cut to the room, around its caret if one follows it.
    """
    # A tab becomes one space, so that a caret that was counted in characters stays in its place.
    plain = message.replace("\r\n", "\n").replace("\t", " ")
    source = _bounded([_clean(line, page) for line in plain.split("\n")], page)
    lines: list[str] = []
    start = 0
    for line, following in zip(source, [*source[1:], ""], strict=True):
        if _CARETS.fullmatch(line):
            lines.append(_cut(line[start:], room))
            continue
        has_caret = _CARETS.fullmatch(following) is not None
        start = _first_shown(following, room) if has_caret else 0
        if has_caret or line.startswith(" "):
            lines.append(_window(line, start, room, page.dots))
        else:
            lines += _wrapped(line, room)
    return lines


def _first_shown(carets: str, room: int) -> int:
    """Choose the first column to show so that the caret is within `room` columns."""
    column = carets.index("^") if "^" in carets else carets.index("~")
    return 0 if len(carets.rstrip()) < room or column < room // 2 else column - room // 2


def _window(line: str, start: int, room: int, dots: str) -> str:
    """Show `room` cells of a line from a column on, with dots where something is cut."""
    shown = line[start:]
    if start:
        shown = dots + shown[len(dots) :]
    return shown if _cells(shown) <= room else _cut(shown, room - len(dots)) + dots


def _bounded(lines: list[str], page: _Page) -> list[str]:
    """Keep the head and the tail of a long message, and say how much is left out between them."""
    text = "\n".join(lines)
    if len(text) <= _MAX_CHARACTERS and len(lines) <= _MAX_LINES:
        return lines
    head = "\n".join(lines[:_HEAD_LINES])[:_HEAD_CHARACTERS]
    tail = "\n".join(lines[-_TAIL_LINES:])[-_TAIL_CHARACTERS:]
    if "\n" in tail and not text.endswith(f"\n{tail}"):
        tail = tail[tail.index("\n") + 1 :]
    left_out = len(text) - len(head) - len(tail)
    note = f"({page.dots} {left_out:,} characters left out {page.dots})"
    return [*head.rstrip("\n").split("\n"), note, *tail.split("\n")]


def _score(attempt: Attempt, withheld: Fraction, page: _Page) -> list[str]:
    """Write the score, or that there is none, with the time it took and the seed."""
    how = f"{_seconds(attempt.seconds)}, seed {attempt.environment.seed}"
    start = "  score  "
    if not attempt.score.is_decided:
        count = sum(verdict.outcome is Outcome.UNGRADED for verdict in attempt.verdicts)
        why = f"{count} of {len(attempt.verdicts)} checks could not be graded"
        text = f"not decided: {why if attempt.verdicts else 'there are no checks'}"
        lines = _labelled(start, f"{text}; tell your teacher", page.width)
        return [*lines, " " * len(start) + how]
    text = f"{points_text(attempt.score.earned)} / {points_text(attempt.score.possible)}"
    text += " so far" if withheld else ""
    if len(start + text) + 6 + len(how) <= page.width:
        return [f"{start}{text}      {how}"]
    return [start + text, " " * len(start) + how]


def _footer(attempt: Attempt, notes: Sequence[str], withheld: Fraction, page: _Page) -> list[str]:
    """Write what was checked and what was not, then the notes."""
    sentences = [*_coverage(attempt, withheld), *notes]
    confinement = attempt.environment.confinement
    if confinement.startswith(("none", "not confined")):
        sentences.append("not confined: these files could do whatever your account may")
    lines: list[str] = []
    for sentence in sentences:
        text = _clean(_joined(sentence)[:_MAX_CHARACTERS], page)
        lines += _labelled("  ", text, page.width)
    return ["", *lines] if lines else []


def _coverage(attempt: Attempt, withheld: Fraction) -> list[str]:
    """Say that everything passed only where nothing is left to be tried."""
    verdicts = attempt.verdicts
    if withheld:
        visible = [one for one in verdicts if one.check.visibility is Visibility.VISIBLE]
        more = "more point is" if withheld == 1 else "more points are"
        return [
            f"{_passing(visible, 'visible ')}; "
            f"{points_text(withheld)} {more} checked at submission."
        ]
    if verdicts and all(verdict.outcome is Outcome.PASSED for verdict in verdicts):
        return [f"Full marks: {_passing(verdicts)}."]
    return []


def _passing(verdicts: Sequence[Verdict], kind: str = "") -> str:
    count = sum(verdict.outcome is Outcome.PASSED for verdict in verdicts)
    noun = "check passes" if len(verdicts) == 1 else "checks pass"
    return f"{count} of {len(verdicts)} {kind}{noun}"


def _seconds(seconds: float) -> str:
    """Write a time to a tenth of a second, a short one to two figures."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2g} s"


def _joined(text: str) -> str:
    """Put what should be one line on one line."""
    return " ".join(text.split())


def printable(line: str, *, is_ascii: bool = False) -> str:
    """Write a line of a student's output so that it can do nothing to a terminal."""
    return _clean(line, _Page(80, is_ascii, False))


def _clean(line: str, page: _Page) -> str:
    """Write each character that does not print, or that the terminal lacks, as its escape."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(_shown(character, page) for character in line)


def _shown(character: str, page: _Page) -> str:
    if unicodedata.category(character) == "Zs":
        # A space is a space however wide: an escape would push a caret out of its place.
        return " "
    if page.is_ascii:
        character = character.translate(_TO_ASCII)
    # The two joiners do not print but shape letters, in Persian and in Hindi.
    is_shown = character.isprintable() or character in "\u200c\u200d"
    if is_shown and (character.isascii() or not page.is_ascii):
        return character
    return character.encode("unicode_escape").decode("ascii")


def _cells(text: str) -> int:
    """Count the cells that a text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cut(text: str, room: int) -> str:
    """Give the longest beginning of a text that fits into `room` cells."""
    used = 0
    for index, character in enumerate(text):
        used += _width(character)
        if used > room:
            return text[:index]
    return text


def _wrapped(text: str, room: int) -> list[str]:
    """Break a text at spaces into lines of at most `room` cells, a longer word anywhere."""
    if _cells(text) <= room:
        return [text]
    lines, line = [], ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if _cells(joined) <= room:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while _cells(line) > room:
            # At least one character, or a room of one cell would never take a wide one.
            piece = _cut(line, room) or line[0]
            lines.append(piece)
            line = line[len(piece) :]
    return [*lines, line]


def _labelled(label: str, text: str, width: int) -> list[str]:
    """Wrap a text to `width` cells beside its label; later lines start below the text."""
    hang = _cells(label)
    first, *more = _wrapped(text, width - hang)
    return [label + first, *_indented(more, hang)]


def _indented(lines: Iterable[str], indent: int) -> list[str]:
    return [" " * indent + line for line in lines]
