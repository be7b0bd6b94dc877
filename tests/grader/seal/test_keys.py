"""A key is a line of text; one that was damaged is told, and never quoted."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import asking
from grader.errors import CourseError
from grader.seal import keys
from grader.verbs import sealed

KEY = keys.Key(bytes(range(32)))
LINE = "grader-key-1-aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypypupi"


def refused(line: str) -> str:
    """Read a line that is no key; why."""
    with pytest.raises(CourseError) as caught:
        keys.read(line)
    return str(caught.value)


def test_a_key_has_one_form() -> None:
    """The same bytes are the same line, today and in years."""
    assert keys.text(KEY) == LINE


@given(secret=st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read(secret: bytes) -> None:
    """Any key comes back, also with spaces around it and in capital letters."""
    line = keys.text(keys.Key(secret))

    assert keys.read(line).secret == keys.read(f" {line.upper()}\r\n").secret == secret


def test_keys_are_drawn_anew() -> None:
    """No two keys are alike."""
    assert keys.new() != keys.new()


@given(
    place=st.integers(13, len(LINE) - 1), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567")
)
def test_a_wrong_letter_is_told(place: int, letter: str) -> None:
    """A letter that was exchanged does not give another key."""
    line = LINE[:place] + letter + LINE[place + 1 :]

    assert line == LINE or refused(line) == (
        "GRADER_KEY holds a key in which letters are wrong: its checksum does not fit. Paste the "
        "whole line again"
    )


@pytest.mark.parametrize("letter", ["0", "1", "8", "é", "-", " "])
def test_letters_that_no_key_has_are_told(letter: str) -> None:
    """Letters outside of base32 are a wrong letter too."""
    assert "letters are wrong" in refused(LINE[:-3] + letter + LINE[-2:])


@pytest.mark.parametrize("count", [13, 14, 60, len(LINE) - 1])
def test_a_key_that_is_cut_off_is_told(count: int) -> None:
    """The message says how many letters there are, and how many there should be."""
    assert refused(LINE[:count]) == (
        f"GRADER_KEY holds a key of {count - 13} letters behind grader-key-1-, and one has 56; "
        "paste the whole line again"
    )


@pytest.mark.parametrize("line", ["hunter2", "grader-key-", LINE[13:], "grader-key-x-abc", "é" * 9])
def test_what_is_no_key_is_told(line: str) -> None:
    """Of something else only its length is told: it may be another secret."""
    assert refused(line) == (
        f"GRADER_KEY holds {len(line)} characters that are no key: one begins with grader-key-1-. "
        "Set it to the whole line that grade seal --new-key printed"
    )


def test_a_newer_key_is_told() -> None:
    """A key of a later version asks for a later grader."""
    assert refused(LINE.replace("-1-", "-2-")) == (
        "GRADER_KEY holds a key of version 2, and this grader knows version 1; install a newer "
        "pytorch-grader, or set the key of this course"
    )


@given(line=st.text())
def test_any_text_is_refused_in_a_sentence(line: str) -> None:
    """Whatever is set, it is refused without being quoted."""
    secret = f"grader-key-1-{line}"

    assert refused(secret).startswith("GRADER_KEY holds ")
    assert len(line) < 20 or line not in refused(secret)


def test_a_key_is_not_told_by_a_traceback() -> None:
    """Printing a key, as an error report might, does not tell it."""
    try:
        raise ValueError(KEY)
    except ValueError:
        told = traceback.format_exc()

    assert "Key()" in told
    assert "\\x1f" not in repr(KEY)


@pytest.mark.parametrize("line", ["", "  \n"])
def test_an_empty_variable_is_no_key(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow whose secret does not exist sets nothing but the name."""
    monkeypatch.setenv("GRADER_KEY", line)

    assert keys.from_environment() is None


def test_the_key_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read from GRADER_KEY, which everybody calls the same."""
    monkeypatch.setenv("GRADER_KEY", LINE)

    assert keys.from_environment() == KEY
    assert keys.VARIABLE == sealed.VARIABLE
    assert keys.VARIABLE in asking._OWN
