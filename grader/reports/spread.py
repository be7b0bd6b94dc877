"""The picture of a calibration: where the runs of right and wrong answers lie, as SVG.

One strip for each answer, a point for each run, on a logarithmic axis of shares of the threshold:
what lies left of the line passes. The picture is self-contained, readable in light and dark, and
the same runs give the same bytes.
"""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 760, 210, 20
ROW, TITLE, AXIS = 22, 34, 34
# The shares that are drawn; beyond them a point stands at the edge.
LEAST, MOST = 1e-4, 1e4

_STYLE = """\
svg{font:13px system-ui,sans-serif;background:#fff}text{fill:#222}.soft{fill:#666}
.right{fill:#1a7f37}.wrong{fill:#b35900}.line{stroke:#c00;stroke-width:1.5}.grid{stroke:#ddd}
@media(prefers-color-scheme:dark){svg{background:#111}text{fill:#eee}.soft{fill:#aaa}
.right{fill:#4ac26b}.wrong{fill:#f0883e}.line{stroke:#ff7b72}.grid{stroke:#333}}"""

# For each check, its title and the ratios of each answer, the right one first.
Strips = Mapping[str, Mapping[str, Sequence[float]]]


def draw(strips: Strips) -> str:
    """Draw the runs of every check.

    Args:
        strips: for each check, the ratios to its threshold by answer; the first is the right one.

    Returns:
        an SVG document.
    """
    parts: list[str] = []
    y = 10
    for check, answers in strips.items():
        parts.append(f'<text x="10" y="{y + 18}" font-weight="600">{escape(check)}</text>')
        y += TITLE
        bottom = y + ROW * len(answers)
        parts.extend(_grid(y, bottom))
        for number, (answer, ratios) in enumerate(answers.items()):
            parts.append(_strip(answer, ratios, y + ROW * number, "wrong" if number else "right"))
        y = bottom + AXIS
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
        f'height="{y}" role="img"><title>Runs of each convergence check as shares of its '
        f"threshold</title><style>{_STYLE}</style>"
    )
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def _grid(top: int, bottom: int) -> list[str]:
    lines = []
    for power in range(-4, 5, 2):
        x, name = _x(10.0**power), "line" if power == 0 else "grid"
        lines.append(f'<line class="{name}" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>')
        label = "threshold" if power == 0 else f"× {10.0**power:g}"
        lines.append(
            f'<text class="soft" x="{x}" y="{bottom + 16}" text-anchor="middle">{label}</text>'
        )
    return lines


def _strip(answer: str, ratios: Sequence[float], y: int, kind: str) -> str:
    """Draw one answer's runs, spread a little in height so that they do not hide each other."""
    points = "".join(
        f'<circle cx="{_x(ratio)}" cy="{y + 5 + 7 * number % 12}" r="1.6" fill-opacity=".45"/>'
        for number, ratio in enumerate(ratios)
    )
    none = (
        "" if ratios else f'<text class="soft" x="{LEFT}" y="{y + 15}">refused in each run</text>'
    )
    name = f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(answer)}</text>'
    return f'{name}{none}<g class="{kind}">{points}</g>'


def _x(ratio: float) -> float:
    bounded = min(max(ratio, LEAST), MOST)
    share = math.log(bounded / LEAST) / math.log(MOST / LEAST)
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)
