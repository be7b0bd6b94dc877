"""The student's table: whole texts at fixed widths, and what no title may ever do.

`GRADER_UPDATE_GOLDEN=1` rewrites the golden files; read the difference before keeping it.
"""

import os
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.reports import progress
from grader.reports.layout import cells
from grader.reports.progress import Line, Next

GOLDEN = Path(__file__).parent / "golden/progress"
NOW = datetime(2026, 10, 12, 21, 30, tzinfo=timezone(timedelta(hours=2)))
NEXT = Next(
    "exercise-03, Gradients: 1 of 3 checks pass in the last attempt",
    ("grade hint exercise-03", "grade exercise-03"),
)


def line(number, title, points, visible, **more):
    """Make a line of a student's copy, where only visible checks can be tried."""
    worth = None if visible is None else Fraction(visible)
    here = {"visible": worth, "here": worth, **more}
    return Line(f"exercise-{number:02d}", title, Fraction(points), **here)


LINES = (
    line(1, "Creating tensors", 6, 2, best=Fraction(2), possible=Fraction(2),
         last_at=NOW - timedelta(days=3), due=NOW - timedelta(days=1)),
    line(2, "Operations", "8.5", "3.5", best=Fraction(0), possible=Fraction("3.5"),
         last_at=NOW - timedelta(days=300)),
    line(3, "Gradients", 10, 3, best=Fraction(1), possible=Fraction(3),
         last_at=NOW - timedelta(hours=1), due=NOW.replace(hour=23, minute=59)),
    line(4, "Training loop", 12, None,
         due=datetime(2026, 10, 19, 18, 0, tzinfo=NOW.tzinfo)),
    line(5, "線性層: nn.Linear and what it does", 10, 10, here=Fraction(10),
         due=datetime(2027, 1, 31, 23, 59, tzinfo=NOW.tzinfo)),
)  # fmt: skip

SCENES = {
    "begun": (LINES, NEXT),
    "fresh": (
        tuple(replace(each, best=None, possible=None, last_at=None, due=None) for each in LINES),
        Next("exercise-01, Creating tensors: read README.md, then type", ("grade exercise-01",)),
    ),
    "done": (
        (replace(LINES[0], here=Fraction(6), best=Fraction(6), possible=Fraction(6)),),
        Next("Every point that can be earned here is earned. Well done.", ()),
    ),
    "nothing": ((), Next("Every point that can be earned here is earned. Well done.", ())),
}
TERMINALS = {
    "80": {"width": 80},
    "80-color": {"width": 80, "has_color": True},
    "80-ascii": {"width": 80, "is_ascii": True},
    "40": {"width": 40},
    "40-ascii": {"width": 40, "is_ascii": True},
    "100": {"width": 100},
}


@pytest.mark.parametrize("terminal", TERMINALS)
@pytest.mark.parametrize("scene", SCENES)
def test_whole_texts(scene, terminal):
    """Each state of a course looks as the golden file says, on each kind of terminal."""
    lines, following = SCENES[scene]
    text = progress.render("PyTorch from Zero", lines, following, NOW, **TERMINALS[terminal])
    path = GOLDEN / f"{scene}-{terminal}.txt"
    if os.environ.get("GRADER_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text


ANY = st.text(st.characters(codec="utf-8"), max_size=60)


@settings(deadline=None, max_examples=60)
@given(ANY, ANY, st.integers(0, 130), st.booleans(), st.booleans())
def test_no_words_break_the_table(title, sentence, width, is_ascii, has_color):
    """Whatever a course says, no line is too wide, nothing moves the cursor, and ASCII is kept."""
    lines = [*LINES, replace(LINES[2], title=title)]
    following = Next(sentence, (title,))
    terminal = {"width": width, "is_ascii": is_ascii, "has_color": has_color}
    text = progress.render(title, lines, following, NOW, **terminal)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)

    assert max(map(cells, plain.split("\n"))) <= max(width, 30)
    assert all(letter.isprintable() or letter in "\n\u200c\u200d" for letter in plain)
    assert not is_ascii or plain.isascii()
    assert has_color or plain == text


@pytest.mark.parametrize(
    ("got", "bar"),
    [("0", "------------............"), ("0.01", "------------............"),
     ("5", "######------............"), ("9.99", "###########-............"),
     ("10", "############............")],
)  # fmt: skip
def test_the_bar_is_full_only_when_nothing_is_open(got, bar):
    """The bar shows what is earned, what is open here, and what is tried at submission."""
    lines = [line(1, "One", 20, 10, best=Fraction(got), possible=Fraction(10))]
    text = progress.render("C", lines, NEXT, NOW, is_ascii=True)

    assert f"  {bar}  {got} of 10 points here; 10 more at submission\n" in text


@pytest.mark.parametrize(
    ("at", "is_end", "text"),
    [
        (NOW, False, "today 21:30"),
        (NOW.replace(day=13), False, "13 Oct"),
        (NOW.replace(day=13), True, "13 Oct 21:30"),
        (NOW.replace(day=13, hour=23, minute=59), True, "13 Oct"),
        (NOW.replace(year=2027), True, "12 Oct 2027 21:30"),
        (NOW.replace(year=2025), False, "12 Oct 2025"),
    ],
)
def test_times_are_short(at, is_end, text):
    """A time of today shows its hour, another its day, and a due time its hour unless it ends."""
    assert progress.moment(at, NOW, is_end=is_end) == text


def test_what_to_do_next_alone():
    """What comes next is written as at the end of the table."""
    whole = progress.render("C", LINES, NEXT, NOW)

    assert whole.endswith(progress.render_next(NEXT))
