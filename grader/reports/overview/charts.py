"""The pictures of an overview: bars as SVG, readable in light and dark, without a script.

The numbers stand as text beside the bars, and a title inside each says the same to who cannot see
it. Colours are those of the page's style; the same figures give the same bytes.
"""

from collections.abc import Sequence

from grader.reports.page.markup import said, short

WIDTH = 560
_ROW, _BAR, _NAME, _VALUE = 22, 15, 170, 110
_LETTERS = 24  # of a name beside its bar; the tables have it whole


def bars(
    title: str, rows: Sequence[tuple[str, float, str]], kind: str = "bar", most: float = 0
) -> str:
    """Draw one horizontal bar for each row, the longest as wide as there is room.

    Args:
        title: what the picture shows.
        rows: for each bar its name, its length (0 or more, in any unit) and the text behind it.
        kind: the class of the bars, which the page's style colours.
        most: the length that takes all the room; that of the longest bar, if not given.

    Returns:
        An SVG element for an HTML page.
    """
    most = most or max((length for _, length, _ in rows), default=0) or 1
    room = WIDTH - _NAME - _VALUE
    parts = [
        f'<svg class="bars" viewBox="0 0 {WIDTH} {_ROW * len(rows)}" width="{WIDTH}" '
        f'height="{_ROW * len(rows)}" role="img"><title>{said(title)}</title>'
    ]
    for place, (name, length, text) in enumerate(rows):
        y = _ROW * place
        long = round(room * length / most, 1)
        parts.append(
            f'<text x="{_NAME - 8}" y="{y + 15}" text-anchor="end">{short(name, _LETTERS)}</text>'
            f'<rect class="{kind}" x="{_NAME}" y="{y + 3}" width="{long}" height="{_BAR}"/>'
            f'<text class="soft" x="{_NAME + long + 6}" y="{y + 15}">{said(text)}</text>'
        )
    return "".join([*parts, "</svg>"])
