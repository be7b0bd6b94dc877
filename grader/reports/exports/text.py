"""Text of a student in somebody else's file: shown, never obeyed.

A message can quote what a student wrote, and so can hold anything. What comes out of here prints:
control characters, marks that turn the direction of writing, halves of surrogate pairs and all
that XML 1.0 forbids are written as escapes. And no line can be taken for a command by GitHub's
runner, which looks for them in every line of a log, whoever printed it.
"""

import re
from collections.abc import Iterable

from grader.reports import terminal

# The runner obeys `::notice::` at the start of a line and `##[notice]` anywhere in it
# (actions/runner, src/Runner.Common/ActionCommand.cs).
_COMMAND = re.compile(r"^( *):(?=:)|##(?=\[)", re.MULTILINE)


class _Shown(dict[int, str]):
    """How each character is shown, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        shown = self[code] = "\n" if code == 10 else terminal.printable(chr(code))
        return shown


def plain(text: str) -> str:
    """Write lines so that they can do nothing to their reader; a tab becomes a space."""
    text = text.replace("\r\n", "\n").replace("\t", " ")
    if not text.isascii() or not text.replace("\n", "").isprintable():
        text = text.translate(_Shown())
    return _COMMAND.sub(lambda found: found[0] + " ", text)


def one_line(text: str) -> str:
    """Write a text as `plain` does, on one line."""
    return plain(" ".join(text.split()))


def distinct(names: Iterable[str]) -> list[str]:
    """Tell equal names apart by a number, for forms in which a second one replaces the first.

    Names that differ in case alone are equal, as they are to a database that looks one up. An empty
    name becomes "check".
    """
    found: dict[str, str] = {}
    for name in names:
        number, candidate = 1, name or "check"
        while candidate.casefold() in found:
            number += 1
            candidate = f"{name or 'check'} ({number})"
        found[candidate.casefold()] = candidate
    return list(found.values())
