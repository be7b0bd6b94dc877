"""Tests of the nouns: they are frozen, and their points are written exactly."""

import dataclasses
import inspect
import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import records
from grader.records import Outcome, Source, points_text

# A busy machine is no failure.
PATIENT = settings(deadline=None)

NOUNS = [
    noun
    for _, noun in inspect.getmembers(records, inspect.isclass)
    if dataclasses.is_dataclass(noun)
]


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(2), "2"),
        (Fraction(10), "10"),
        (Fraction(1, 2), "0.5"),
        (Fraction(5, 4), "1.25"),
        (Fraction(1, 20), "0.05"),
        (Fraction(101, 10), "10.1"),
        (Fraction(-1, 4), "-0.25"),
    ],
)
def test_points_text(points: Fraction, text: str) -> None:
    """Points are written with the decimals that they need and no others."""
    assert points_text(points) == text


@PATIENT
@given(st.integers())
def test_points_text_is_exact(hundredths: int) -> None:
    """What is written is what is meant, to the hundredth of a point."""
    points = Fraction(hundredths, 100)
    text = points_text(points)

    assert Fraction(text) == points
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]?[1-9])?", text)


@pytest.mark.parametrize("points", [Fraction(1, 3), Fraction(1, 1000)])
def test_points_text_refuses_more_places(points: Fraction) -> None:
    """Points that need a third decimal are refused, not rounded."""
    with pytest.raises(ValueError, match=f"^{points} points need more than two decimal places$"):
        points_text(points)


def test_nouns_are_found() -> None:
    """The records hold the nouns that the other rooms hand around."""
    assert {noun.__name__ for noun in NOUNS} >= {"Attempt", "Check", "Score", "Verdict"}


@pytest.mark.parametrize("noun", NOUNS)
def test_nouns_are_frozen(noun: type) -> None:
    """Every noun is declared frozen."""
    assert noun.__dataclass_params__.frozen


def test_a_field_cannot_be_set() -> None:
    """Setting a field of a record is an error."""
    source = Source("gradients.py", "x = 1\n")

    with pytest.raises(dataclasses.FrozenInstanceError):
        source.text = "x = 2\n"


def test_outcomes_are_their_words() -> None:
    """An outcome is written as its word, in text and in JSON."""
    assert f"{Outcome.TIMED_OUT}" == "timed_out"
