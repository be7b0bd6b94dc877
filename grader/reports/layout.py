"""Text for a terminal that anybody may have written: harmless, measured, broken into lines.

Whatever a student wrote (a message, a path, a source line) is shown and never obeyed: a character
that does not print is written as its escape, so no text can move the cursor, change a colour or
turn the direction of a line. Widths are counted in cells: a Chinese letter takes two, a combining
accent none.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from grader.records import Outcome

_MARKS = {Outcome.PASSED: "✓", Outcome.SKIPPED: "–", Outcome.UNGRADED: "?"}
_ASCII_MARKS = {Outcome.PASSED: "[ok]", Outcome.SKIPPED: "[--]", Outcome.UNGRADED: "[??]"}
_LOST, _ASCII_LOST = "✗", "[no]"
_COLOURS = {Outcome.PASSED: 32, Outcome.SKIPPED: 33, Outcome.UNGRADED: 35}
_LOST_COLOUR = 31

# What our own sentences and a teacher's titles use, one ASCII letter for each.
_TO_ASCII = str.maketrans("–—−‘’“”×·", "---''\"\"x.")


@dataclass(frozen=True)
class Page:
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
        return self.painted(mark, _COLOURS.get(outcome, _LOST_COLOUR))

    def painted(self, text: str, code: int) -> str:
        """Give a text under one of ANSI's codes (2 dims, 32 is green) where colours are wanted."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.has_color else text


def joined(text: str) -> str:
    """Put what should be one line on one line."""
    return " ".join(text.split())


def clean(line: str, page: Page) -> str:
    """Write each character that does not print, or that the terminal lacks, as its escape."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(_shown(character, page) for character in line)


def _shown(character: str, page: Page) -> str:
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


def cells(text: str) -> int:
    """Count the cells that a text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, room: int) -> str:
    """Give the longest beginning of a text that fits into `room` cells."""
    used = 0
    for index, character in enumerate(text):
        used += _width(character)
        if used > room:
            return text[:index]
    return text


def wrapped(text: str, room: int) -> list[str]:
    """Break a text at spaces into lines of at most `room` cells, a longer word anywhere."""
    if cells(text) <= room:
        return [text]
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if cells(longer) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while cells(line) > room:
            # At least one character, or a room of one cell would never take a wide one.
            piece = cut(line, room) or line[0]
            lines.append(piece)
            line = line[len(piece) :]
    return [*lines, line]


def labelled(label: str, text: str, width: int) -> list[str]:
    """Wrap a text to `width` cells beside its label; later lines start below the text."""
    hang = cells(label)
    first, *more = wrapped(text, width - hang)
    return [label + first, *indented(more, hang)]


def indented(lines: Iterable[str], indent: int) -> list[str]:
    """Put spaces in front of each line."""
    return [" " * indent + line for line in lines]
