"""What a student has, worked out of rows by hand: lateness, choice, marks, overrides, totals."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.gradebook.standing import (
    Decided,
    Extension,
    Graded,
    Mark,
    Override,
    Standing,
    reasons,
    stand,
    total,
)
from grader.records import Exercise, Isolation, Limits, Score

NOW = datetime(2026, 11, 1, tzinfo=UTC)
EXERCISE = Exercise(
    "exercise-03",
    "Gradients",
    ("gradients.py",),
    Fraction(10),
    Limits(),
    Isolation.SUBMISSION,
    *[Path()] * 3,
    due="2026-10-12 23:59 Europe/Berlin",
    late="10 % a day, 3 days at most",
)


def handed(earned: str | None, day: int, number: int = 1) -> Graded:
    """Make a submission of some day in October, at noon; None was not graded."""
    moment = datetime(2026, 10, day, 12, tzinfo=UTC)
    one = Graded(number, "ada", "exercise-03", "a" * 64, moment, None)
    if earned is None:
        return one
    return replace(one, attempt=number * 10, earned=Fraction(earned), possible=Fraction(10))


def mark(points: str | None, label: str = "style") -> Mark:
    """Make a mark."""
    given = None if points is None else Fraction(points)
    return Mark("ada", "exercise-03", label, given, "Clear names.", "eve", NOW)


OVERRIDE = Override("ada", "exercise-03", Fraction(9), "The check was wrong.", "eve", NOW)
EXTENSION = Extension("ada", "exercise-03", "2026-10-20 Europe/Berlin", "Was ill.", "eve", NOW)


@pytest.mark.parametrize(
    ("submissions", "counts", "earned", "is_decided"),
    [
        ([], "best", "0", True),
        ([handed("7", 12)], "best", "7", True),
        ([handed("7", 14)], "best", "5.6", True),
        ([handed("7", 12), handed("9", 15, 2)], "best", "7", True),
        ([handed("7", 12), handed("10", 13, 2)], "best", "9", True),
        ([handed("7", 12), handed("9", 16, 2)], "last", "0", True),
        ([handed("7", 12), handed("9", 11, 2)], "last", "7", True),
        ([handed("7", 12), handed("9", 11, 2)], "first", "9", True),
        ([handed("7", 12), handed(None, 12, 2)], "best", "7", False),
        ([handed("7", 11), handed(None, 12, 2)], "last", "0", False),
        ([handed("7", 11), handed(None, 12, 2)], "first", "7", True),
        ([handed("3.33", 13)], "best", "3", True),
        ([handed("3.35", 13)], "best", "3.02", True),
    ],
)
def test_which_submission_counts_and_what_lateness_takes(
    submissions: list[Graded], counts: str, earned: str, is_decided: bool
) -> None:
    """Lateness is taken of each, then one is chosen, then it is rounded once, half up."""
    found = stand("ada", replace(EXERCISE, counts=counts), submissions)

    assert found.score == Score(Fraction(earned), Fraction(10), is_decided)


@pytest.mark.parametrize(
    ("decided", "earned"),
    [
        (Decided(marks=(mark("1.5"),)), "7.1"),
        (Decided(marks=(mark("1.5"), mark("-2", "form"), mark(None, "remark"))), "5.1"),
        (Decided(marks=(mark("9"),)), "10"),
        (Decided(marks=(mark("-9"),)), "0"),
        (Decided(extension=EXTENSION), "7"),
        (Decided(marks=(mark("1"),), extension=EXTENSION), "8"),
        (Decided(marks=(mark("1"),), override=OVERRIDE), "9"),
    ],
)
def test_what_people_decided(decided: Decided, earned: str) -> None:
    """Marks are added to what lateness left, within what is possible; an override stands above."""
    assert stand("ada", EXERCISE, [handed("7", 14)], decided).score.earned == Fraction(earned)


def test_an_override_decides_what_was_not_graded() -> None:
    """Who overrides an ungraded submission has decided it."""
    found = stand("ada", EXERCISE, [handed(None, 12)], Decided(override=OVERRIDE))

    assert found.score == Score(Fraction(9), Fraction(10), True)


def test_a_standing_says_what_it_is_made_of() -> None:
    """Each part is named, and two standings are compared part by part."""
    decided = Decided((mark("1.5"), mark(None, "remark")), OVERRIDE, EXTENSION)
    before = stand("ada", EXERCISE, [handed("7", 14)]).made_of()
    after = stand("ada", EXERCISE, [handed("8", 14, 2)], decided).made_of()

    assert before == {
        "checks": "7",
        "attempt": "#10",
        "lateness": "2 days late, 20 % off",
        "possible": "10",
    }
    assert reasons(before, after) == (
        "checks: 8, was 7",
        "attempt: #20, was #10",
        "extension: 2026-10-20 Europe/Berlin by eve: Was ill., was none",
        "mark style: +1.5 by eve, was none",
        "override: 9 by eve: The check was wrong., was none",
        "lateness: none, was 2 days late, 20 % off",
    )
    assert reasons(after, after) == ()


def standing(exercise: str, earned: int, possible: int, is_decided: bool = True) -> Standing:
    """Make a standing of some exercise."""
    return Standing("ada", exercise, Score(Fraction(earned), Fraction(possible), is_decided))


def test_a_total_drops_the_lowest() -> None:
    """The exercises with the lowest shares do not count, and are named."""
    found = total("ada", [standing("a", 5, 10), standing("b", 1, 8), standing("c", 4, 4)], 1)

    assert (found.score, found.dropped) == (Score(Fraction(9), Fraction(14), True), ("b",))


def test_a_total_is_undecided_with_its_exercises() -> None:
    """While an exercise is not graded, the total can change, whatever is dropped."""
    found = total("ada", [standing("a", 5, 10), standing("b", 0, 8, False)], 1)

    assert not found.score.is_decided


POINTS = st.integers(0, 1000).map(lambda n: Fraction(n, 100))
HANDED = st.builds(
    lambda earned, day, number: handed(None if earned is None else str(earned), day, number),
    st.none() | POINTS,
    st.integers(1, 28),
    st.integers(1, 99),
)


@given(
    st.lists(HANDED, max_size=4),
    st.sampled_from(["best", "last", "first"]),
    st.lists(st.integers(-2000, 2000).map(lambda n: mark(str(Fraction(n, 100)))), max_size=3),
)
@settings(deadline=None)
def test_a_score_lies_between_nothing_and_everything(
    submissions: list[Graded], counts: str, marks: list[Mark]
) -> None:
    """Whatever was handed in and given, the score is decimal and within what is possible."""
    exercise = replace(EXERCISE, counts=counts)
    score = stand("ada", exercise, submissions, Decided(tuple(marks))).score

    assert 0 <= score.earned <= score.possible == 10
    assert (score.earned * 100).denominator == 1


@given(st.lists(HANDED, max_size=4), st.integers(1, 28), HANDED)
@settings(deadline=None)
def test_more_time_and_more_tries_never_hurt(
    submissions: list[Graded], day: int, another: Graded
) -> None:
    """Where the best counts, neither an extension nor another submission takes a point."""
    extension = replace(EXTENSION, due=f"2026-10-{day:02}")
    before = stand("ada", EXERCISE, submissions).score.earned

    assert before <= stand("ada", EXERCISE, submissions, Decided((), None, extension)).score.earned
    assert before <= stand("ada", EXERCISE, [*submissions, another]).score.earned
