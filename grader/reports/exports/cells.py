"""Cells of a table that a spreadsheet opens: each stays the text that it is.

A spreadsheet computes a cell that begins with a sign such as `=`. It decides by its owner's country
whether a comma or a semicolon ends a cell, and where it expects a semicolon, the quotes of a file
with commas mean nothing to it: then every line of a text begins a row, and every semicolon in it
ends a cell. So an apostrophe stands before each such sign that could come first in a cell by any
reading.
"""

import re

from grader.reports.exports.size import cut, fit
from grader.reports.exports.text import one_line, plain

# What a cell of Excel holds. It counts units of UTF-16; bytes of UTF-8 are never fewer.
MOST_CHARACTERS = 32_767

# Excel, LibreOffice and Google Sheets begin a formula with these, also in their wide forms
# (OWASP, CSV Injection); spaces and quotes before them are skipped by some.
_FORMULA = re.compile(r'(^|;)(?=[ "]*[-=+@－＝＋＠])', re.MULTILINE)


def cell(text: str, *, has_lines: bool = False) -> str:
    """Write a text so that it fits into a cell and is never computed.

    Args:
        text: what the cell is to show; a student may have written it.
        has_lines: whether its lines stay apart.
    """
    return fit(lambda room: _written(cut(text, room), has_lines), [text], MOST_CHARACTERS)


def _written(text: str, has_lines: bool) -> str:
    return _FORMULA.sub(r"\1'", plain(text.strip("\n")) if has_lines else one_line(text))
