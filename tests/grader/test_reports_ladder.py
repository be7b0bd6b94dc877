"""The hints of a check: whole texts, and what no hint may ever do."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.records import Outcome
from grader.reports import ladder
from grader.reports.ladder import Ladder
from grader.reports.layout import cells

LADDER = Ladder(
    "exercise-01",
    "Creating tensors",
    "vector",
    "A list of three numbers becomes a vector of shape (3,).",
    Outcome.FAILED,
    "vector: failed in the last attempt, today 21:03",
    ("Which function of PyTorch takes the numbers out of a Python list?", "Print its shape."),
    3,
)
AFTER = ("for the next: grade hint exercise-01 vector",)

WIDE = """\
exercise-01  Creating tensors

  ✗  A list of three numbers becomes a vector of shape (3,).
     vector: failed in the last attempt, today 21:03

  1  Which function of PyTorch takes the numbers out of a Python list?

  2  Print its shape.

  hint 2 of 3
  for the next: grade hint exercise-01 vector
"""
NARROW = """\
exercise-01  Creating tensors

  [no]  A list of three numbers becomes
        a vector of shape (3,).
        vector: failed in the last
        attempt, today 21:03

  1  Which function of PyTorch takes the
     numbers out of a Python list?

  2  Print its shape.

  hint 2 of 3
  for the next: grade hint exercise-01
  vector
"""


@pytest.mark.parametrize(
    ("terminal", "text"), [({}, WIDE), ({"width": 40, "is_ascii": True}, NARROW)]
)
def test_whole_texts(terminal, text):
    """The check stands above, old hints before the new one, and what to type below."""
    assert ladder.render(LADDER, AFTER, **terminal) == text


def test_old_hints_are_dim():
    """Colour says again which hints were told before; without it the text is the same."""
    text = ladder.render(LADDER, AFTER, has_color=True)

    assert "\x1b[2m  1  Which function" in text
    assert "\n  2  Print its shape.\n" in text
    assert re.sub(r"\x1b\[[0-9]+m", "", text) == WIDE


def test_a_check_that_was_not_tried():
    """A check without a verdict has a mark of its own, and may have no sentence."""
    untried = replace(LADDER, title="", outcome=None, note="", told=("Look.",))

    assert ladder.render(untried, ()) == (
        "exercise-01  Creating tensors\n\n  •  vector\n\n  1  Look.\n\n  hint 1 of 3\n"
    )
    assert "\n  *  vector\n" in ladder.render(untried, (), is_ascii=True)


ANY = st.text(st.characters(codec="utf-8"), max_size=120)


@settings(deadline=None, max_examples=60)
@given(ANY, ANY, ANY, st.integers(0, 120), st.booleans())
def test_no_hint_breaks_the_page(title, note, hint, width, is_ascii):
    """Whatever a hint says, no line is too wide and nothing moves the cursor."""
    odd = replace(LADDER, title=title, note=note, told=(hint, title), heading=hint)
    text = ladder.render(odd, (hint,), width=width, is_ascii=is_ascii)

    assert max(map(cells, text.split("\n"))) <= max(width, 30)
    assert all(letter.isprintable() or letter in "\n\u200c\u200d" for letter in text)
    assert not is_ascii or text.isascii()
