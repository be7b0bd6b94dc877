"""What each case of an otter question is worth: otter's rules, exactly, and then in hundredths."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.imports.otter_points import hundredths, number, resolved

amounts = st.integers(0, 4000).map(lambda n: Fraction(n, 8))
cases = st.lists(st.none() | amounts, min_size=1, max_size=12)
half = Fraction(1, 2)


@pytest.mark.parametrize(
    ("total", "said", "worth"),
    [
        (None, [None, None], [half, half]),
        (3, [None, None], [Fraction(3, 2), Fraction(3, 2)]),
        (6, [2, None, 2, None], [2, 1, 2, 1]),
        (None, [2, None], [2, 0]),
        (None, [0, None, None], [0, half, half]),
        (None, [0, 0], [0, 0]),
        (5, [1, 2], [1, 2]),
        ([10, None], [1, 1], [10, 0]),
        ([None, None], [7, 7], [half, half]),
    ],
)
def test_rules(total, said, worth):
    """Points follow from the total, the list and the cases as otter has them follow."""
    points = [None if each is None else Fraction(each) for each in said]
    whole = [None if p is None else Fraction(p) for p in total] if isinstance(total, list) else (
        None if total is None else Fraction(total))  # fmt: skip

    assert list(resolved(whole, points, "q1")) == worth


@given(total=amounts, said=cases)
def test_total_is_shared_exactly(total, said):
    """Where a case says nothing, all cases together are worth just what the question says."""
    named = sum(p for p in said if p is not None)
    if named > total:
        with pytest.raises(CourseError):
            resolved(total, said, "q1")
        return
    worth = resolved(total, said, "q1")

    assert all(w == p for w, p in zip(worth, said, strict=True) if p is not None)
    assert sum(worth) == (total if None in said else named)
    assert len({w for w, p in zip(worth, said, strict=True) if p is None}) <= 1


@given(said=cases)
def test_without_a_total(said):
    """Without a total a question is worth what its cases say, or one point where they say none."""
    worth = resolved(None, said, "q1")
    named = sum(p for p in said if p is not None)

    assert sum(worth) == (1 if not named and None in said else named)


@given(points=st.lists(st.fractions(0, 50, max_denominator=999), max_size=20))
def test_hundredths_keep_the_sum(points):
    """Rounding moves no part by a hundredth, and the sum by at most half of one."""
    rounded = hundredths(points)

    assert all((part * 100).denominator == 1 for part in rounded)
    assert all(abs(a - b) < Fraction(1, 100) for a, b in zip(rounded, points, strict=True))
    assert abs(sum(rounded) - sum(points)) <= Fraction(1, 200)


@given(total=st.integers(1, 10_000), count=st.integers(1, 60))
def test_equal_parts(total, count):
    """A total in hundredths is shared without a rest, the first cases getting a hundredth more."""
    whole = Fraction(total, 100)
    rounded = hundredths(resolved(whole, [None] * count, "q1"))

    assert sum(rounded) == whole
    assert list(rounded) == sorted(rounded, reverse=True)
    assert rounded[0] - rounded[-1] <= Fraction(1, 100)


def test_more_than_the_question():
    """Cases that are worth more than their question are told with both sums."""
    with pytest.raises(CourseError) as caught:
        resolved(Fraction(2), [Fraction(3, 2), Fraction(1)], "q1")

    assert str(caught.value) == (
        "q1 is worth 2 points and its cases 2.5; raise the one or lower the others"
    )


def test_list_of_another_length():
    """A list of points has one number for each case."""
    with pytest.raises(CourseError) as caught:
        resolved([Fraction(1)], [None, None], "q1")

    assert str(caught.value) == ("q1 has points for 1 cases and 2 cases; write one number for each")


@given(text=st.text(max_size=30) | st.sampled_from(["1e999999999", "nan", "-1", "1_0", "9" * 50]))
def test_number_is_exact_or_refused(text):
    """A number is read as the decimal it is, and anything else is refused without computing it."""
    try:
        value = number(text, "points")
    except CourseError:
        return

    assert 0 <= value <= 100_000
    assert value == Fraction(text)
