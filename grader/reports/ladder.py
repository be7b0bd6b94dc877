"""The hints of one check as far as they are told: from vague to precise, one more each time."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.records import Outcome
from grader.reports.layout import Page, clean, indented, joined, labelled, wrapped

_MIN_WIDTH = 30
_DIM = 2


@dataclass(frozen=True)
class Ladder:
    """Hints of a check.

    `heading` is the exercise's title. `title` is the check's line in the report. `outcome` is how
    it ended in the last attempt, None where it was not tried; `note` says so in words. `told` are
    the hints so far, the new one last, of `of` in all.
    """

    exercise: str
    heading: str
    check: str
    title: str
    outcome: Outcome | None
    note: str
    told: tuple[str, ...]
    of: int


def render(
    ladder: Ladder,
    after: Sequence[str],
    *,
    width: int = 80,
    is_ascii: bool = False,
    has_color: bool = False,
) -> str:
    """Render the hints; the text ends in a newline and no line is wider than `width`.

    Args:
        ladder: what is told.
        after: sentences below it: what to type next, or what else helps.
        width: cells of a line; below 30 the text is laid out for 30.
        is_ascii: keep to ASCII, for a terminal that can show nothing else.
        has_color: dim the hints that were told before, and colour the mark.
    """
    page = Page(max(width, _MIN_WIDTH), is_ascii, has_color)
    head = labelled(f"{_clean(ladder.exercise, page)}  ", _clean(ladder.heading, page),
                    page.width)  # fmt: skip
    mark = page.mark(ladder.outcome) if ladder.outcome else ("*" if is_ascii else "•")
    hang = 2 + len(mark) + 2
    title = _clean(ladder.title or ladder.check, page)
    lines = indented(wrapped(title, page.width - hang), hang)
    painted = page.colored(mark, ladder.outcome) if ladder.outcome else mark
    lines[0] = f"  {painted}  {lines[0][hang:]}"
    if ladder.note:
        lines += indented(wrapped(_clean(ladder.note, page), page.width - hang), hang)
    for number, hint in enumerate(ladder.told, 1):
        new = labelled(f"  {number}  ", _clean(hint, page), page.width)
        is_old = number < len(ladder.told)
        lines += ["", *(page.painted(line, _DIM) if is_old else line for line in new)]
    count = f"hint {len(ladder.told)} of {ladder.of}"
    lines += ["", *labelled("  ", count, page.width)]
    for sentence in after:
        lines += labelled("  ", _clean(sentence, page), page.width)
    return "\n".join(line.rstrip() for line in [*head, "", *lines]) + "\n"


def _clean(text: str, page: Page) -> str:
    return clean(joined(text), page)
