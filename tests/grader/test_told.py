"""What is told of an exception in a check: of a hidden one, nothing that quotes it."""

from fractions import Fraction
from functools import partial

import pytest
import torch

from grader import told
from grader.errors import CourseError
from grader.records import Check, Visibility

HIDDEN = Check("look", "It looks.", Fraction(1), Visibility.HIDDEN)
VISIBLE = Check("look", "It looks.", Fraction(1), Visibility.VISIBLE)
HERE = "tests/grader/test_told.py::test_look"


def raised(act):
    """Catch what an act raises, with its traceback."""
    try:
        act()
    except Exception as error:
        return error
    pytest.fail("nothing was raised")


def one(secret):
    """Want one argument."""


def refuse():
    """Raise by hand what could have been written about the right answer."""
    raise RuntimeError("expected 48151")


def hold(*words):
    """Assert something that does not hold, with a message or without."""
    raise AssertionError(*words)


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (lambda: None.shape, "AttributeError: 'NoneType' object has no attribute 'shape'"),
        (lambda: 3 + "a", "TypeError: unsupported operand type(s) for +: 'int' and 'str'"),
        (lambda: len(3), "TypeError: object of type 'int' has no len()"),
        (lambda: {}["48151"], "KeyError"),
        (lambda: int("secret"), "ValueError"),
        (lambda: [48151].index(3), "ValueError"),
        (partial(one), "TypeError"),
        (refuse, "RuntimeError"),
    ],
)
def test_a_hidden_check_quotes_types_alone(act, text):
    """Python's sentences about types are told, any other text is not."""
    assert told.of_error(raised(act), HIDDEN) == text


def test_torch_may_say_what_it_refuses():
    """What torch says of shapes helps and gives nothing away."""
    error = raised(lambda: torch.ones(2) + torch.ones(3))

    assert told.of_error(error, HIDDEN).startswith("RuntimeError: The size of tensor a (2)")


def test_our_own_error_is_told():
    """What cannot cross to the submission is said in the words of the wall."""
    assert told.of_error(CourseError("no such crossing"), HIDDEN) == "CourseError: no such crossing"


def test_a_visible_check_is_quoted():
    """The student has the file; one line of the error is enough, and not without end."""
    assert told.of_error(raised(lambda: int("secret")), VISIBLE).endswith("base 10: 'secret'")
    assert told.of_error(ValueError("x" * 900 + "\nsecond"), VISIBLE) == (
        "ValueError: " + "x" * 188
    )


def test_assert_of_a_hidden_check():
    """Its message is its author's to tell; without one nothing is told."""
    assert told.of_assertion(raised(lambda: hold("it rises")), HIDDEN, HERE) == "it rises"
    assert told.of_assertion(raised(hold), HIDDEN, HERE) == ""


def test_assert_of_a_library_in_a_hidden_check():
    """What torch.testing expected is not told."""
    error = raised(lambda: torch.testing.assert_close(1.5, 48151.5))

    assert "48151" in str(error)
    assert told.of_assertion(error, HIDDEN, HERE) == ""
    assert "48151" in told.of_assertion(error, VISIBLE, HERE)


def test_assert_of_a_visible_check():
    """Its line is quoted where it has no message."""
    error = AssertionError()
    try:
        raise error
    except AssertionError:
        pass

    assert told.of_assertion(error, VISIBLE, HERE) == "this does not hold: raise error"
