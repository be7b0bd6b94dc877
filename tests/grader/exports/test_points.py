"""Tests of points as numbers: no sum is lost to rounding."""

import json
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import scoring
from grader.records import Outcome, points_text
from grader.reports.exports.points import number, whole

from .conftest import PATIENT, VERDICTS, one


@PATIENT
@given(st.integers(0, 10**9))
def test_numbers_are_written_as_everywhere(hundredths: int) -> None:
    """In JSON, points have the digits that every report shows."""
    points = Fraction(hundredths, 100)

    assert json.dumps(number(points)) == points_text(points)


@PATIENT
@given(VERDICTS)
def test_sums_of_whole_points(verdicts: list) -> None:
    """Whole points add up to the exact sums, rounded half up."""
    found, exact = whole(verdicts), scoring.score(verdicts)

    assert sum(earned for earned, _ in found) == floor(exact.earned + Fraction(1, 2))
    assert sum(possible for _, possible in found) == floor(exact.possible + Fraction(1, 2))


@PATIENT
@given(VERDICTS)
def test_parts_of_whole_points(verdicts: list) -> None:
    """A check is worth its points rounded up or down, and earns all of it or nothing."""
    for verdict, (earned, possible) in zip(verdicts, whole(verdicts), strict=True):
        assert abs(possible - verdict.check.points) < 1
        assert earned == (possible if verdict.outcome is Outcome.PASSED else 0)


@pytest.mark.parametrize(
    ("points", "passed", "expected"),
    [
        ("1 2 3", "yny", [(1, 1), (0, 2), (3, 3)]),
        ("0.5 0.5 0.5 0.5", "nnyy", [(0, 1), (0, 0), (1, 1), (0, 0)]),
        ("1.2 1.7 0.6", "yyn", [(1, 1), (2, 2), (0, 1)]),
        ("", "", []),
    ],
)
def test_whole_points(points: str, passed: str, expected: list) -> None:
    """Whole points stay as they are; of fractions the largest go up."""
    verdicts = [
        one(Outcome.PASSED if letter == "y" else Outcome.FAILED, points=text)
        for text, letter in zip(points.split(), passed, strict=True)
    ]

    assert whole(verdicts) == expected
