"""Tests of item analysis: bounds, numbers worked out by hand, and what must not matter."""

import math
import random
import statistics
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader import items

POINTS = st.integers(0, 400)
PAIRS = st.lists(st.tuples(POINTS, POINTS), max_size=40)


@given(PAIRS)
def test_discrimination_is_a_correlation(pairs: list[tuple[int, int]]) -> None:
    """It lies from -1 to 1, and is not said where one of the two never changes."""
    item, rest = [a for a, _ in pairs], [b for _, b in pairs]
    found = items.discrimination(item, rest)

    if len(set(item)) < 2 or len(set(rest)) < 2:
        assert found is None
    else:
        assert found is not None
        assert -1 <= found <= 1
        assert math.isclose(found, statistics.correlation(item, rest), abs_tol=1e-9)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_students_does_not_matter(
    pairs: list[tuple[int, int]], order: random.Random
) -> None:
    """The same students in any order give the same numbers, to the last digit."""
    mixed = order.sample(pairs, len(pairs))
    both = [items.discrimination([a for a, _ in p], [b for _, b in p]) for p in (pairs, mixed)]

    assert both[0] == both[1]


@given(PAIRS, st.integers(1, 9), st.integers(0, 50))
def test_the_unit_of_points_does_not_matter(
    pairs: list[tuple[int, int]], scale: int, more: int
) -> None:
    """Points that are all multiplied, or all raised, leave the correlation as it is."""
    item, rest = [a for a, _ in pairs], [b for _, b in pairs]
    plain = items.discrimination(item, rest)
    assume(plain is not None)
    other = items.discrimination([scale * a + more for a in item], rest)

    assert other is not None
    assert math.isclose(plain or 0, other, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("item", "rest", "expected"),
    [
        ([100, 100, 0, 0], [300, 200, 100, 0], 2 / math.sqrt(5)),
        ([100, 0], [0, 300], -1.0),
        ([100, 0, 100, 0], [200, 200, 0, 0], 0.0),
        ([100, 100, 0], [50, 50, 0], 1.0),
        ([100, 100], [0, 300], None),
        ([], [], None),
    ],
)
def test_discrimination_by_hand(item: list[int], rest: list[int], expected: float | None) -> None:
    """Small classes, ties among them, worked out with a pencil."""
    found = items.discrimination(item, rest)

    assert found == (pytest.approx(expected) if expected is not None else None)


def test_a_check_is_not_correlated_with_itself() -> None:
    """A check is held against the others alone: two that agree give 1, a third that does not, less.

    By hand: for `c` the rest is 200, 200, 0, 0, and c is 1, 0, 1, 0.
    """
    earned = {"a": [100, 100, 0, 0], "b": [100, 100, 0, 0], "c": [100, 0, 100, 0]}
    found = items.analysis(earned, {name: [100] * 4 for name in earned})

    assert found["c"] == items.Item(0.5, 0.0)
    # The rest of a is 200, 100, 100, 0.
    assert found["a"].discrimination == found["b"].discrimination
    assert found["a"].discrimination == pytest.approx(1 / math.sqrt(2))


def test_one_check_alone_tells_nothing() -> None:
    """Without other checks there is no discrimination."""
    assert items.analysis({"a": [100, 0]}, {"a": [100, 100]}) == {"a": items.Item(0.5, None)}


@given(st.lists(st.integers(0, 100), min_size=1))
def test_difficulty_is_a_share(earned: list[int]) -> None:
    """The share that was earned lies from 0 to 1."""
    found = items.difficulty(earned, [100] * len(earned))

    assert found is not None
    assert 0 <= found <= 1


def test_nothing_possible_has_no_difficulty() -> None:
    """Where nothing could be earned there is no share of it."""
    assert items.difficulty([], []) is None


@given(st.lists(st.floats(0, 1), min_size=2))
def test_quartiles_are_those_of_the_standard_library(numbers: list[float]) -> None:
    """Quartiles are interpolated as `statistics.quantiles` does, the ends included."""
    found = items.spread(numbers)
    expected = statistics.quantiles(numbers, method="inclusive")

    assert found is not None
    assert [found.first, found.median, found.third] == pytest.approx(expected, abs=1e-12)
    assert found.most == max(numbers)
    assert found.mean == pytest.approx(statistics.fmean(numbers))


def test_the_spread_of_one_and_of_nobody() -> None:
    """One number is its own quartiles; none has no spread."""
    assert items.spread([0.5]) == items.Spread(0.5, 0.5, 0.5, 0.5, 0.5)
    assert items.spread([]) is None


@given(st.lists(st.fractions(0, 1)))
def test_each_share_is_in_one_bar(shares: list[Fraction]) -> None:
    """Every share is counted once, and full marks in the last bar alone."""
    found = items.histogram(shares)

    assert len(found) == 11
    assert sum(found) == len(shares)
    assert found[-1] == shares.count(Fraction(1))


def test_a_share_on_the_edge_is_in_the_upper_bar() -> None:
    """Half of the points is in the bar that begins at half."""
    assert items.histogram([Fraction(1, 2)]).index(1) == 5
