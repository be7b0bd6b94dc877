"""Text as markup: what anybody wrote means its letters only, in HTML and in XML alike.

The page is well-formed XML as well, so that a strict parser can prove that it holds no element
but ours.
"""

from html import escape

from grader.reports.layout import Page, clean, joined

# What a terminal could show, cleaned without a terminal's limits.
_PLAIN = Page(width=0, is_ascii=False, has_color=False)
_CUT = "…"


def said(text: str) -> str:
    """Write one line of a text: what does not print as its escape, what is markup as a letter."""
    return escape(clean(joined(text), _PLAIN))


def spaced(line: str) -> str:
    """Write a line likewise, with its spaces as they are."""
    return escape(shown(line))


def shown(line: str) -> str:
    """Write what does not print as its escape; the result is text, and no markup yet."""
    return clean(line, _PLAIN)


def short(text: str, most: int) -> str:
    """Cut a text to so many letters, and write it as `said` does."""
    line = clean(joined(text), _PLAIN)
    return escape(line if len(line) <= most else line[: most - 1] + _CUT)
