"""What a witness saw, as it crosses: written and read as itself, and refused where it is forged."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import WireError
from grader.sandbox.wire import seen
from grader.sandbox.wire.seen import MAX_COUNT, MAX_NAMES, SETTINGS, Forward, Seen

COUNTS = st.dictionaries(st.text(max_size=20), st.integers(0, MAX_COUNT), max_size=5)
NUMBERS = st.integers(0, MAX_COUNT)
REPORTS = st.builds(
    Seen,
    COUNTS,
    COUNTS,
    COUNTS,
    st.lists(st.builds(Forward, st.booleans(), st.booleans())).map(tuple),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.booleans(),
    st.dictionaries(st.sampled_from(SETTINGS), st.tuples(st.text(max_size=9), st.text(max_size=9))),
    st.floats(0, 1e9),
)
NOTHING = [[], [], [], [], 0, 0, 0, 0, 0, False, [], 0.0]


def forged(at, value):
    """Write a report with one field altered."""
    return [*NOTHING[:at], value, *NOTHING[at + 1 :]]


@given(REPORTS)
def test_a_report_is_read_as_it_was_written(report):
    """Every report that can be arrives as itself."""
    assert seen.read(seen.write(report)) == report


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (None, "a frame holds a NoneType where a list belongs"),
        (NOTHING[:-1], "a frame holds a list of 11 where one of 12 belongs"),
        (forged(0, 5), "a frame holds a int where a list belongs"),
        (forged(0, [["softmax"]]), "a frame holds a list of 1 where one of 2 belongs"),
        (forged(0, [[5, 1]]), "a frame holds a int where a str belongs"),
        (forged(1, [["x" * 201, 1]]), "a report of a call has a name of 201 characters"),
        (forged(2, [["x", 1.0]]), "a frame holds a float where a int belongs"),
        (forged(2, [["x", -1]]), "counts more than can be, or less than nothing"),
        (forged(0, [["x", 1]] * (MAX_NAMES + 1)), "lists 1001 where 1000 can be"),
        (forged(3, [4]), "a report of a call has the flags 4"),
        (forged(3, [True]), "a frame holds a bool where a int belongs"),
        (forged(3, [0] * 10_001), "lists 10001 where 10000 can be"),
        (forged(4, True), "a frame holds a bool where a int belongs"),
        (forged(6, MAX_COUNT + 1), "counts more than can be, or less than nothing"),
        (forged(9, 1), "a frame holds a int where a bool belongs"),
        (forged(10, [["password", "a", "b"]]), "names a setting that there is not"),
        (forged(10, [["grad mode", "a"]]), "a frame holds a list of 2 where one of 3 belongs"),
        (forged(11, math.nan), "a report of a call took no time that can be"),
        (forged(11, -1.0), "a report of a call took no time that can be"),
        (forged(11, math.inf), "a report of a call took no time that can be"),
    ],
)
def test_forged_reports(node, said):
    """A field of another type, or beyond what can be, is refused."""
    with pytest.raises(WireError) as caught:
        seen.read(node)

    assert str(caught.value).endswith(said)


def test_the_manner_leaves_out_how_much():
    """Two codes that do the same in other words have one manner; one that records has another."""
    one = seen.read(forged(0, [["softmax", 3]]))
    other = seen.read(forged(6, 4096))

    assert one.manner() == other.manner() == seen.read(NOTHING).manner()
    assert one.manner() != seen.read(forged(7, 2)).manner()
    assert one.manner() != seen.read(forged(3, [1])).manner()
