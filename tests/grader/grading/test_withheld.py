"""What a picture of a hidden check shows: where, never how far, and never enough to pass by."""

import dataclasses
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import expect, withheld
from grader.errors import Chain, Curves, Evidence, Flow, HeatMap, Mismatch
from grader.records import Check, Visibility

# A busy machine is no failure.
PATIENT = settings(deadline=None)

HIDDEN = Check("seen", "It is seen.", Fraction(1), Visibility.HIDDEN)
VISIBLE = dataclasses.replace(HIDDEN, visibility=Visibility.VISIBLE)
MANY = torch.arange(6.0).view(2, 3)
MAP = HeatMap((2, 3), 2, 3, ((0, 1, 2), (3, 4, 0)))


def shown(picture, *, pair=None, allowed=None, check=HIDDEN):
    """Show a student a picture."""
    seen = Evidence("values", "the result", allowed=allowed, picture=picture)
    return withheld.of(check, seen, pair)


def refused(expectation, *args, **options):
    """Give the evidence of a hidden check that an expectation refuses, and what is shown of it."""
    with pytest.raises(Mismatch) as caught:
        expectation(*args, **options)
    return withheld.of(HIDDEN, caught.value.evidence, caught.value.pair)


@pytest.mark.parametrize(
    "picture", [None, MAP, Curves((0, 1), (1.234, 2.0)), Flow("step", ("w",), (1.234,), (1.0,))]
)
def test_of_a_visible_check_all_is_shown(picture):
    """The student has the file: the picture is theirs as it is."""
    assert shown(picture, check=VISIBLE) == picture


def test_map_says_where_and_not_how_far():
    """Of a hidden check the cells that differ are alike."""
    found = shown(MAP, pair=(MANY, MANY))

    assert found == HeatMap((2, 3), 2, 3, ((0, 1, 1), (1, 1, 0)), is_graded=False)


@pytest.mark.parametrize(
    "want",
    [
        torch.tensor([True, False, True]),
        torch.tensor([3, 1, 2]),
        torch.tensor([1.0, 0.0, 0.0, 1.0, 0.0]),
        torch.eye(4),
        torch.tensor([0.5, 1.5, -torch.inf]),
    ],
)
def test_no_map_of_what_a_few_guesses_would_find(want):
    """Truth values, whole numbers, masks and one-hot rows are not told by where a guess differs.

    A submission that answers with one value everywhere would learn where it is right.
    """
    assert refused(expect.close, torch.full_like(want, 9), want) is None


@pytest.mark.parametrize(("atol", "is_told"), [(0.1, False), (1e-4, True)])
def test_no_map_where_much_is_allowed(atol, is_told):
    """Where a handful of guesses would come near every value, a map would tell which one does."""
    want = torch.linspace(-1, 1, 12)
    found = refused(expect.close, torch.zeros(12), want, atol=atol)

    assert (found is not None) is is_told


def test_map_of_what_is_not_finite():
    """Where the submission is not finite is its own doing, whatever was expected."""
    found = refused(expect.close, torch.tensor([1.0, torch.nan]), torch.tensor([1.0, 2.0]))

    assert found.cells == ((0, 1),)


def test_map_of_an_activation():
    """Values that are zero in half of their places and different elsewhere still have a map."""
    want = torch.tensor([0.0, 0.7, 0.0, 1.3])

    assert refused(expect.close, torch.zeros(4), want).cells == ((0, 1, 0, 1),)


def test_no_map_without_what_is_right():
    """What is right has to be known before anything is said about it."""
    assert shown(MAP) is None


def test_curves_are_coarse():
    """Both curves have two digits, far from what would pass."""
    found = refused(expect.history, [3.14159, 3.14159], [3.14159, 2.71828])

    assert found == Curves((0, 1), (3.1, 3.1), (3.1, 2.7))


def test_no_right_curve_that_would_pass():
    """Where two digits are near enough to pass, the right curve stays here."""
    found = refused(expect.history, [3.0, 3.0], [3.04, 2.02], atol=0.3)

    assert found == Curves((0, 1), (3.0, 3.0), ())


def test_no_right_curve_of_another_length():
    """Where nothing was compared, nothing is known of what would pass."""
    assert refused(expect.history, [3.0], [3.04, 2.02]).wanted == ()


@PATIENT
@given(
    st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=32),
    st.floats(1e-12, 1e6),
)
def test_what_is_drawn_never_passes(right, allowed):
    """A curve that is told is off by more than is allowed, so drawing it again does not pass."""
    count = len(right)
    picture = Curves(tuple(range(count)), (None,) * count, tuple(right))
    found = shown(picture, allowed=allowed)

    if found.wanted:
        pairs = zip(found.wanted, right, strict=True)
        assert max(abs(told - want) for told, want in pairs) > allowed


def test_flow_shows_what_the_submission_did():
    """The right lengths stay here; the submission's own have two digits."""
    found = shown(Flow("gradient", ("w", "b"), (1.234, None), (2.0, 3.0)))

    assert found == Flow("gradient", ("w", "b"), (1.2, None))


def test_chain_is_the_submissions_own():
    """What the submission called is no secret."""
    assert shown(Chain(("mul", "item"), 1, ("w",))) == Chain(("mul", "item"), 1, ("w",))


DOUBLES = '''
@pytest.mark.points(1)
def test_doubles(student, normal):
    """It doubles."""
    x = normal(2, 3)
    expect.close(student.double(x), 2 * x)

@pytest.mark.points(1)
def test_counts(student):
    """It doubles whole numbers."""
    x = torch.arange(6)
    expect.close(student.double(x), 2 * x)
'''


def test_in_an_attempt(made):
    """What a student's attempt holds of a hidden check is what is withheld from it."""
    visible = DOUBLES.replace("_doubles", "_seen").replace("_counts", "_counted")
    attempt = made(DOUBLES, visible=visible, points="4").grade("def double(x): return 3 * x")
    pictures = {each.check.id: each.evidence.picture for each in attempt.verdicts}

    assert pictures["seen"].is_graded
    assert {cell for row in pictures["seen"].cells for cell in row} - {1}
    assert not pictures["doubles"].is_graded
    assert {cell for row in pictures["doubles"].cells for cell in row} == {1}
    assert pictures["counted"].cells == ((0, 1, 1, 1, 1, 1),)
    assert pictures["counts"] is None
