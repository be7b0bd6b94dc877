"""The texts of a notebook become the README of an exercise, without anything of a solution.

A text that students write is theirs alone, and what stands there in the source is the teacher's own
answer; so it is left out, as is what only graders read.
"""

import re
from collections.abc import Sequence

from grader.imports import blanks
from grader.imports.exercise import Left
from grader.imports.nbgrader_cells import Part, Role

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\(\s*<?(?!https?:|data:|attachment:)([^)>\s]{1,200})")
_MAX_TITLE = 120


def title_of(text: str, level: int = 6) -> str:
    """Find the first heading of a text, at most of a level, in plain letters; "" where none is."""
    is_code = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            is_code = not is_code
        found = None if is_code else _HEADING.fullmatch(line)
        if found is not None and len(found[1]) <= level:
            plain = re.sub(r"[`*_$\\]|\([^)]*points?\)", "", found[2])
            words = "".join(each if each.isprintable() else " " for each in plain)
            if title := " ".join(words.split())[:_MAX_TITLE].strip(" :.-"):
                return title
    return ""


def readme(
    parts: Sequence[Part], title: str, file: str, points: str, has_visible: bool
) -> tuple[str, list[Left]]:
    """Make the README, and tell of what it points to that is not there.

    Args:
        parts: the cells of the notebook.
        title: of the exercise.
        file: that students write.
        points: that they can earn, in words.
        has_visible: whether there are checks that they may read.
    """
    left: list[Left] = []
    texts = []
    for part in parts:
        if part.cell.kind != "markdown":
            continue
        text = _shown(part)
        pictures = dict.fromkeys(_PICTURE.findall(text))
        left += [Left(part.place, f"the picture {name[:60]} is not carried over; the README points "
                      "to it still") for name in pictures]  # fmt: skip
        if part.cell.metadata.get("attachments"):
            left.append(Left(part.place, "pictures in the cell itself are not carried over"))
        if text.strip():
            texts.append(text.strip("\n"))
    if title_of("\n".join(texts[:1]), level=1) != title:
        texts.insert(0, f"# {title}")
    stem = file.removesuffix(".py")
    seen = f" Those that you may read are in `test_{stem}.py`." if has_visible else ""
    texts.append(f"Write your answers in `{file}`. The checks are worth {points} together.{seen}")
    return "\n\n".join(texts), left


def _shown(part: Part) -> str:
    """Give what students see of a text."""
    text = part.cell.text
    try:
        answers = blanks.regions(text, "SOLUTION")
        marks = [*blanks.regions(text, "MARK SCHEME"), *blanks.regions(text, "HIDDEN TESTS")]
    except blanks.MarkerError:
        # Nobody can say where the answer ends.
        return ""
    if part.role is Role.MANUAL and not answers:
        return ""
    return blanks.without(text, [*answers, *marks])
