"""Tests of the arithmetic: exact sums, scores that fail closed, and marks that add up."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import scoring
from grader.errors import CourseError
from grader.records import (
    Check,
    Exercise,
    Isolation,
    Limits,
    Outcome,
    Score,
    Verdict,
    Visibility,
)

# A busy machine is no failure.
PATIENT = settings(deadline=None)

EXERCISE = Exercise(
    id="exercise-03",
    title="Gradients",
    files=("gradients.py",),
    points=Fraction(10),
    limits=Limits(),
    isolation=Isolation.SUBMISSION,
    stub_dir=Path("exercises/exercise-03"),
    reference_dir=Path("solutions/exercise-03"),
    hidden_dir=Path("tests/exercise-03"),
)


def check(id_: str, points: str, needs: str | None = None, *, is_visible: bool = False) -> Check:
    """Build a check with the fields that count."""
    visibility = Visibility.VISIBLE if is_visible else Visibility.HIDDEN
    return Check(id_, f"The {id_} is right.", Fraction(points), visibility, needs)


def verdict(points: str, outcome: Outcome) -> Verdict:
    """Build a verdict on a check that is worth these points."""
    return Verdict(check("loss", points), outcome)


VERDICTS = st.lists(
    st.builds(
        lambda hundredths, outcome: verdict(str(Fraction(hundredths, 100)), outcome),
        st.integers(1, 10_000),
        st.sampled_from(Outcome),
    ),
    max_size=12,
)


@pytest.mark.parametrize("outcome", Outcome)
def test_only_passing_earns(outcome: Outcome) -> None:
    """A check earns all of its points by passing, and nothing by any other outcome."""
    expected = Fraction(5, 2) if outcome is Outcome.PASSED else Fraction(0)

    assert scoring.earned(verdict("2.5", outcome)) == expected


def test_score_adds_up() -> None:
    """A score is the exact sum of what was earned, of what was possible."""
    verdicts = [verdict("0.1", Outcome.PASSED)] * 3 + [verdict("2", Outcome.FAILED)]

    assert scoring.score(verdicts) == Score(Fraction(3, 10), Fraction(23, 10), is_decided=True)


def test_ungraded_leaves_the_score_undecided() -> None:
    """One ungraded check among passed ones leaves the whole score undecided."""
    verdicts = [verdict("2", Outcome.PASSED), verdict("3", Outcome.UNGRADED)]

    assert scoring.score(verdicts) == Score(Fraction(2), Fraction(5), is_decided=False)


def test_no_verdicts_leave_the_score_undecided() -> None:
    """Without any verdict there is no score, not a full one."""
    assert scoring.score([]) == Score(Fraction(0), Fraction(0), is_decided=False)


@PATIENT
@given(VERDICTS, st.data())
def test_passing_never_lowers_the_score(verdicts: list[Verdict], data: st.DataObject) -> None:
    """Turning any verdict into passed never lowers the score and never undecides it."""
    before = scoring.score(verdicts)
    index = data.draw(st.integers(0, len(verdicts)))
    better = [
        dataclasses.replace(one, outcome=Outcome.PASSED) if place == index else one
        for place, one in enumerate(verdicts)
    ]
    after = scoring.score(better)

    assert after.earned >= before.earned
    assert after.possible == before.possible
    assert after.is_decided >= before.is_decided


@PATIENT
@given(VERDICTS.flatmap(lambda verdicts: st.tuples(st.just(verdicts), st.permutations(verdicts))))
def test_order_does_not_matter(pair: tuple[list[Verdict], list[Verdict]]) -> None:
    """The same verdicts in another order give the same score."""
    verdicts, shuffled = pair

    assert scoring.score(shuffled) == scoring.score(verdicts)


@PATIENT
@given(VERDICTS)
def test_sums_are_exact(verdicts: list[Verdict]) -> None:
    """A score counts every hundredth of a point, and lies between zero and what is possible."""
    hundredths = sum(
        int(one.check.points * 100) for one in verdicts if one.outcome is Outcome.PASSED
    )
    score = scoring.score(verdicts)

    assert score.earned * 100 == hundredths
    assert 0 <= score.earned <= score.possible


@pytest.mark.parametrize(
    ("score", "code"),
    [
        (Score(Fraction(5), Fraction(5), is_decided=True), 0),
        (Score(Fraction(499, 100), Fraction(5), is_decided=True), 1),
        (Score(Fraction(0), Fraction(5), is_decided=True), 1),
        (Score(Fraction(6), Fraction(5), is_decided=True), 1),
        (Score(Fraction(5), Fraction(5), is_decided=False), 3),
        (Score(Fraction(0), Fraction(0), is_decided=False), 3),
    ],
)
def test_exit_code(score: Score, code: int) -> None:
    """An attempt ends with 0 for full marks, 1 for lost points and 3 where it is undecided."""
    assert scoring.exit_code(score) == code


def test_marks_that_add_up() -> None:
    """Marks that add up to the exercise's points are taken."""
    checks = [
        check("loss", "4", is_visible=True),
        check("gradient", "5.5", "loss"),
        check("step", "0.5", "gradient"),
    ]

    assert scoring.check_total(checks, EXERCISE, has_hidden=True) is None


def test_visible_marks_may_fall_short() -> None:
    """In a student's copy the visible marks may be a part of the points, or all of them."""
    for points in ("4", "10"):
        checks = [check("loss", points, is_visible=True)]

        assert scoring.check_total(checks, EXERCISE, has_hidden=False) is None


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        (
            [check("loss", "4", is_visible=True), check("step", "5")],
            "exercise-03: its checks are worth 9 points (visible 4, hidden 5), "
            "gradebook.yml says 10; change a mark or the points",
        ),
        (
            [check("loss", "4.25", is_visible=True), check("step", "6")],
            "exercise-03: its checks are worth 10.25 points (visible 4.25, hidden 6), "
            "gradebook.yml says 10; change a mark or the points",
        ),
        (
            [],
            "exercise-03: no checks were found; expected at least one function test_NAME "
            "that carries points",
        ),
        (
            [check("loss", "4", is_visible=True), check("loss", "6")],
            "exercise-03: two checks have the id loss; rename one of them, "
            "visible and hidden checks share their names",
        ),
        (
            [check("loss", "4"), check("step", "6", "gradient")],
            "exercise-03: its check step needs gradient, and no check has that id; "
            "before it come: loss",
        ),
        (
            [check("step", "10", "gradient")],
            "exercise-03: its check step needs gradient, and no check has that id; "
            "before it come: none",
        ),
        (
            [check("step", "4", "loss"), check("loss", "6")],
            "exercise-03: its check step needs loss, which comes later; move loss before step",
        ),
        (
            [check("loss", "10", "loss")],
            "exercise-03: its check loss needs loss, which is itself; name an earlier check",
        ),
        (
            [check("loss", "10"), check("step", "0")],
            "exercise-03: its check step is worth 0 points; write a number above 0, "
            "so that failing it is seen in the score",
        ),
        (
            [check("loss", "11"), check("step", "-1")],
            "exercise-03: its check step is worth -1 points; write a number above 0, "
            "so that failing it is seen in the score",
        ),
        (
            [check("loss", "10/3"), check("step", "20/3")],
            "exercise-03: its check loss is worth 10/3 points; "
            "write at most two decimal places, such as 0.25",
        ),
    ],
)
def test_marks_that_do_not_add_up(checks: list[Check], message: str) -> None:
    """Marks that cannot give a true score are refused with the numbers and a remedy."""
    with pytest.raises(CourseError) as caught:
        scoring.check_total(checks, EXERCISE, has_hidden=True)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        (
            [check("loss", "4", is_visible=True), check("step", "7", is_visible=True)],
            "exercise-03: its visible checks alone are worth 11 points, "
            "gradebook.yml says 10; change a mark or the points",
        ),
        (
            [],
            "exercise-03: no visible checks were found; expected at least one function "
            "test_NAME that carries points",
        ),
    ],
)
def test_visible_marks_that_exceed(checks: list[Check], message: str) -> None:
    """In a student's copy there are visible checks, worth no more than the points."""
    with pytest.raises(CourseError) as caught:
        scoring.check_total(checks, EXERCISE, has_hidden=False)

    assert str(caught.value) == message
