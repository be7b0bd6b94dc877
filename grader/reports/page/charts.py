"""The pictures of an evidence as inline SVG: as wide as what a phone leaves of its screen.

Each has a title that says what it is and a description with what can be read off it. Colours come
from the page's style sheet by class. The same picture gives the same bytes.
"""

import math
from collections.abc import Sequence

from grader.errors import Chain, Curves, Flow, HeatMap, Picture
from grader.reports.page.findings import number
from grader.reports.page.markup import said, short

WIDTH = 256
_ROW = 34  # of a bar with its name above it
_BOX, _GAP, _CUT = 24, 12, 22  # of an operation, between two, and where the graph is cut

_LOGARITHMIC = "logarithmic scale"

Point = tuple[float, float]


def draw(picture: Picture) -> str:
    """Draw a picture."""
    match picture:
        case Curves():
            return _curves(picture)
        case HeatMap():
            return _heat_map(picture)
        case Flow():
            return _flow(picture)
        case Chain():
            return _chain(picture)


def title_of(picture: Picture) -> str:
    """Say what a picture is of, as a heading."""
    match picture:
        case Curves():
            return "The losses, step by step"
        case HeatMap():
            return "Where the values differ"
        case Flow(of="gradient"):
            return "What reaches each of them"
        case Flow():
            return "How far each parameter moves"
        case Chain():
            return "From the arguments to the result"


def _svg(height: float, title: str, description: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {_n(height)}" width="{WIDTH}" height="{_n(height)}" '
        f'role="img"><title>{said(title)}</title><desc>{said(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _n(value: float) -> str:
    """Write a coordinate to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def _text(x: float, y: float, escaped: str, kind: str = "", anchor: str = "") -> str:
    """Write a text that is markup already."""
    classes = f' class="{kind}"' if kind else ""
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{classes} x="{_n(x)}" y="{_n(y)}"{anchored}>{escaped}</text>'


def _rect(kind: str, x: float, y: float, width: float, height: float, *, round_: float = 0) -> str:
    corners = f' rx="{_n(round_)}"' if round_ else ""
    return (
        f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" '
        f'height="{_n(height)}"{corners}/>'
    )


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


# Curves


def _curves(picture: Curves) -> str:
    left, right, top, bottom = 44.0, 250.0, 30.0, 160.0
    known = [value for value in (*picture.got, *picture.wanted) if value is not None]
    least, most = min(known, default=0.0), max(known, default=0.0)
    is_log = least > 0 and most > 50 * least

    def height(value: float) -> float:
        share = _share(value, least, most, is_log=is_log)
        return bottom - share * (bottom - top)

    def place(step: int) -> float:
        start, end = picture.at[0], picture.at[-1]
        return left + (step - start) / max(end - start, 1) * (right - left)

    parts = [
        _line("axis", left, top, left, bottom),
        _line("axis", left, bottom, right, bottom),
        _text(left, bottom + 16, f"step {picture.at[0]}", "soft"),
        _text(right, bottom + 16, str(picture.at[-1]), "soft", "end"),
        _line("got", left, 12, left + 22, 12),
        _text(left + 28, 16, "this submission", "got-text"),
    ]
    if is_log:
        parts.append(_text((left + right) / 2, bottom + 16, _LOGARITHMIC, "soft", "middle"))
    for tick in dict.fromkeys((most, least) if known else ()):
        parts.append(_text(left - 5, height(tick) + 4, number(tick), "soft", "end"))
    if picture.wanted:
        parts += [
            _line("wanted", left + 126, 12, left + 148, 12),
            _text(left + 154, 16, "expected", "wanted-text"),
        ]
    for kind, values in (("wanted", picture.wanted), ("got", picture.got)):
        run: list[Point] = []
        for step, value in zip(picture.at, (*values, *[None] * len(picture.at)), strict=False):
            if value is None:
                parts += _stroke(kind, run)
                run = []
            else:
                run.append((place(step), height(value)))
        parts += _stroke(kind, run)
    scale = f", on a {_LOGARITHMIC}" if is_log else ""
    return _svg(bottom + 24, f"Two curves of losses{scale}" if picture.wanted else
                f"A curve of losses{scale}", _read_off(picture), parts)  # fmt: skip


def _share(value: float, least: float, most: float, *, is_log: bool) -> float:
    """Place a value between the least and the most: from 0 to 1."""
    if is_log:
        value, least, most = math.log(value), math.log(least), math.log(most)
    # Halved first: the difference of two large floats of either sign may overflow.
    spread = most / 2 - least / 2
    return (value / 2 - least / 2) / spread if spread else 0.5


def _stroke(kind: str, run: Sequence[Point]) -> list[str]:
    """Draw one unbroken piece of a curve; the submission's with a dot at each point."""
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in run)
    lines = [f'<polyline class="{kind}" points="{points}"/>'] if len(run) > 1 else []
    dots = [f'<circle class="got-dot" cx="{_n(x)}" cy="{_n(y)}" r="2.5"/>' for x, y in run]
    return lines + (dots if kind == "got" else [])


def _read_off(picture: Curves) -> str:
    """Tell the beginning, the middle and the end of the curves."""
    places = sorted({0, len(picture.at) // 2, len(picture.at) - 1})
    told = []
    for place in places:
        right = f", expected {_known(picture.wanted[place])}" if picture.wanted else ""
        told.append(f"Step {picture.at[place]}: {_known(picture.got[place])}{right}.")
    return " ".join(told)


def _known(value: float | None) -> str:
    return "no finite number" if value is None else number(value)


# Heat maps


def _heat_map(picture: HeatMap) -> str:
    cells = picture.cells
    height, width = len(cells), len(cells[0])
    side = min(20.0, 220.0 / width, 220.0 / height)
    left, top = 30.0, 18.0
    right, bottom = left + side * width, top + side * height
    parts = [_rect("track", left, top, right - left, bottom - top)]
    for row, levels in enumerate(cells):
        parts += [
            _rect(
                f"h{level if picture.is_graded else 3}",
                left + side * start,
                top + side * row,
                side * (end - start),
                side,
            )
            for start, end, level in _runs(levels)
        ]
    for count, is_row in ((height, True), (width, False)):
        for place in range(1, count):
            at = side * place
            ends = (
                (left, top + at, right, top + at) if is_row else (left + at, top, left + at, bottom)
            )
            parts.append(_line("grid", *ends))
    parts += [
        _text(left + side / 2, top - 6, "0", "soft", "middle"),
        _text(left - 6, top + side / 2 + 4, "0", "soft", "end"),
    ]
    if width > 1:
        parts.append(_text(right - side / 2, top - 6, str(picture.columns - 1), "soft", "middle"))
    if height > 1:
        parts.append(_text(left - 6, bottom - side / 2 + 4, str(picture.rows - 1), "soft", "end"))
    legend, lines = _legend(picture.is_graded, bottom + 14)
    shape = " × ".join(map(str, picture.shape))
    title = f"Map of {shape} values: {picture.rows} rows, {picture.columns} columns"
    return _svg(bottom + 14 + 18 * lines, title, _rows_told(picture), [*parts, *legend])


def _runs(levels: Sequence[int]) -> list[tuple[int, int, int]]:
    """Join neighbouring cells of one level: (start, end, level) of those that differ."""
    runs: list[tuple[int, int, int]] = []
    for place, level in enumerate(levels):
        if runs and runs[-1][1] == place and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], place + 1, level)
        elif level:
            runs.append((place, place + 1, level))
    return runs


def _legend(is_graded: bool, y: float) -> tuple[list[str], int]:
    """Explain the shades, two to a line; how many lines that takes."""
    told = [("track", "agrees")]
    told += [("h4", "over 50 %"), ("h1", "up to 1 %"), ("h3", "up to 50 %"),
             ("h2", "up to 10 %")] if is_graded else [("h3", "differs")]  # fmt: skip
    parts = []
    for place, (kind, words) in enumerate(told):
        x, down = 30 + 110 * (place % 2), y + 18 * (place // 2)
        parts += [_rect(kind, x, down - 1, 11, 11), _text(x + 17, down + 9, words, "soft")]
    lines = -(-len(told) // 2)
    if is_graded:
        parts.append(_text(30, y + 18 * lines + 9, "of the largest difference", "soft"))
    return parts, lines + is_graded


def _rows_told(picture: HeatMap) -> str:
    """List the first cells that differ, and say what a cell stands for."""
    height, width = len(picture.cells), len(picture.cells[0])
    wrong = [
        f"[{r}, {c}]" for r, row in enumerate(picture.cells) for c, level in enumerate(row) if level
    ]
    is_whole = (height, width) == (picture.rows, picture.columns)
    kind = "" if is_whole else f" of {height} × {width} blocks"
    more = f" and {len(wrong) - 8} more" if len(wrong) > 8 else ""
    return f"Cells{kind} that differ: {', '.join(wrong[:8]) or 'none'}{more}."


# Flow


def _flow(picture: Flow) -> str:
    lengths = [length for length in (*picture.got, *picture.wanted) if length]
    most, least = max(lengths, default=1.0), min(lengths, default=1.0)
    is_log = most > 100 * least
    parts, told = [], []
    room = WIDTH - 56.0
    head = 20.0 if picture.wanted else 0.0
    if picture.wanted:
        parts += [
            _rect("got-bar", 0, 3, 12, 8),
            _text(18, 12, "this submission", "got-text"),
            _line("wanted", 126, 7, 148, 7),
            _text(154, 12, "expected", "wanted-text"),
        ]

    def long(length: float) -> float:
        if not length:
            return 0.0
        # Where lengths differ by powers of ten, the shortest is still a bar.
        share = 0.08 + 0.92 * _share(length, least, most, is_log=True) if is_log else length / most
        return room * share

    for place, (name, length) in enumerate(zip(picture.names, picture.got, strict=True)):
        y = head + _ROW * place
        right = picture.wanted[place] if picture.wanted else None
        parts.append(_text(0, y + 13, short(name, 40)))
        if length is None:
            parts += [
                _rect("none", 0.5, y + 18, room, 9),
                _text(room + 6, y + 27, "nothing", "lost-text"),
            ]
        else:
            parts += [
                _rect("track", 0, y + 18, room, 9),
                _rect("got-bar", 0, y + 18, long(length), 9),
                _text(room + 6, y + 27, number(length), "got-text"),
            ]
        if right is not None:
            parts.append(_line("wanted", 0, y + 30, long(right), y + 30))
        expected = f", expected {_known(right)}" if picture.wanted and right is not None else ""
        told.append(f"{name}: {'nothing' if length is None else number(length)}{expected}.")
    height = head + _ROW * len(picture.names) + 2
    if is_log:
        parts.append(_text(0, height + 10, _LOGARITHMIC, "soft"))
        height += 14
    scale = f", on a {_LOGARITHMIC}" if is_log else ""
    noun = "gradient" if picture.of == "gradient" else "step"
    more = f" {picture.more} more are not drawn." if picture.more else ""
    return _svg(
        height,
        f"Bars: the length of the {noun} by name{scale}",
        " ".join(told) + more,
        parts,
    )


# The chain


def _chain(picture: Chain) -> str:
    nodes = ["arguments", *picture.operations, "result"]
    cut = None if picture.cut is None else picture.cut + 1
    parts: list[str] = []
    y = 1.0
    for place, name in enumerate(nodes):
        is_end = place in (0, len(nodes) - 1)
        is_lost = cut is not None and place > cut
        is_first_lost = is_lost and place - 1 == cut
        if place:
            gap = _CUT if is_first_lost else _GAP
            parts.append(_line("off" if is_lost else "axis", 80, y, 80, y + gap))
            y += gap
        if is_first_lost:
            middle = y - _CUT / 2
            parts += [
                _line("cut", 20, middle, 140, middle),
                _text(147, middle + 4, "cut here", "lost-text"),
            ]
        kind = "accused" if place == cut else "off" if is_lost else "box"
        parts.append(_rect(kind, 1, y, 158, _BOX, round_=12 if is_end else 4))
        parts.append(_text(80, y + 16, short(name, 22), "soft" if is_end else "", "middle"))
        y += _BOX
    order = " → ".join(nodes)
    unreached = f" No gradient reaches {', '.join(picture.ends)}." if picture.ends else ""
    return _svg(
        y + 1,
        "Chain of operations, in the order in which they were first used",
        f"{order}.{unreached}",
        parts,
    )
