"""Tests of harmless text: everything prints, nothing commands, names stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.exports.text import distinct, one_line, plain

from .conftest import HOSTILE, PATIENT, assert_harmless


@PATIENT
@given(HOSTILE)
def test_nothing_is_obeyed(text: str) -> None:
    """Whatever a text holds, what comes out prints and commands nothing."""
    assert_harmless(plain(text))
    assert_harmless(one_line(text))
    assert "\n" not in one_line(text)


@PATIENT
@given(HOSTILE)
def test_plain_text_stays(text: str) -> None:
    """What is harmless already is not changed again."""
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x = 1\n    ^", "x = 1\n    ^"),
        ("a\r\nb\tc", "a\nb c"),
        ("\x1b[31m\x00\u202e\ud800\ufffe", r"\x1b[31m\x00\u202e\ud800\ufffe"),
        ("Gefälle 勾配 👩\u200d💻", "Gefälle 勾配 👩\u200d💻"),
        ("a\u00a0b", "a b"),
        ("::error::x\n  ::notice::y a::b", ": :error::x\n  : :notice::y a::b"),
        (":::", ": ::"),
        ("a ##[error]b ###[", "a ## [error]b ### ["),
    ],
)
def test_plain(text: str, shown: str) -> None:
    """Letters and lines stay; what does not print is escaped, and a command is broken up."""
    assert plain(text) == shown


def test_a_megabyte() -> None:
    """A long text with many characters to escape takes no time to speak of."""
    text = "\x1b勾\u202e😀" * 250_000

    assert plain(text) == "\\x1b勾\\u202e😀" * 250_000


@PATIENT
@given(st.lists(st.sampled_from(["a", "A", "a (2)", "b", ""])))
def test_distinct_names(names: list[str]) -> None:
    """No two names are equal and none is empty, and each still begins with what it was."""
    found = distinct(names)

    assert len({name.casefold() for name in found}) == len(names)
    assert all(new.startswith(old or "check") for new, old in zip(found, names, strict=True))


def test_distinct_leaves_different_names_alone() -> None:
    """Names that differ already stay as they are."""
    assert distinct(["a", "b", "c"]) == ["a", "b", "c"]
    assert distinct(["a", "", "a"]) == ["a", "check", "a (2)"]
    assert distinct(["a", "A"]) == ["a", "A (2)"]
