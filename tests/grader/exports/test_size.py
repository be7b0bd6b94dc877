"""Tests of size caps: long texts give way, short ones stay, and what cannot fit is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.reports.exports.size import cut, fit

from .conftest import PATIENT


@PATIENT
@given(st.text(max_size=300), st.integers(0, 320))
def test_cut(text: str, room: int) -> None:
    """A cut text is never longer than its room, and one that has room is not changed."""
    kept = cut(text, room)

    assert len(kept) <= room
    assert kept == text or len(text) > room


def test_cut_says_so() -> None:
    """A text that is cut ends in a sign of it, and in its whole length where there is room."""
    assert cut("a" * 1234, 100) == "a" * 73 + "… (1,234 characters in all)"
    assert cut("a" * 1234, 10) == "a" * 9 + "…"
    assert cut("a" * 1234, 0) == ""


@PATIENT
@given(st.lists(st.text(max_size=80), max_size=8), st.integers(20, 200))
def test_fit(texts: list[str], limit: int) -> None:
    """The file keeps its limit, and is whole where it can be."""
    whole = "|".join(texts)

    fitted = fit(lambda room: "|".join(cut(text, room) for text in texts), texts, limit)

    assert len(fitted.encode()) <= limit
    assert fitted == whole or len(whole.encode()) > limit


def test_short_texts_stay() -> None:
    """One long text is cut so that the others stay whole, and most of the room is used."""
    texts = ["short", "x" * 100_000, "also short"]

    fitted = fit(lambda room: "|".join(cut(text, room) for text in texts), texts, 5000)
    first, long, last = fitted.split("|")

    assert (first, last) == ("short", "also short")
    assert 4800 < len(long) < 5000


def test_texts_that_grow() -> None:
    """What counts is the size of the file, not of the text that goes into it."""
    texts = ["\x00" * 10_000]

    fitted = fit(lambda room: cut(texts[0], room).replace("\x00", r"\x00"), texts, 4000)

    assert 3500 < len(fitted.encode()) <= 4000


def test_nothing_left_to_cut() -> None:
    """What is too big without any text is refused with both sizes and what to do."""
    with pytest.raises(CourseError) as caught:
        fit(lambda room: "x" * 2000, ["a"], 1500)

    assert str(caught.value) == (
        "the file would have 2,000 bytes with every text left out, and this format takes 1,500; "
        "split the exercise, it has too many checks for this format"
    )
