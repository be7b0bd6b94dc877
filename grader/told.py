"""What a report tells of an exception that a check itself raised.

Of a check that is told in full, all of it, as of a visible one, whose file the student has. Of any
other only what its author wrote for the student, an assert's message, and what names nothing but
types and shapes. Any other text may quote the check: `torch.testing` and `pytest.raises` write down
the value or the pattern that they expected, and a ValueError the text that it could not read.
"""

import re

import pytest

from grader.errors import CourseError
from grader.records import Check, Shows

_MAX_TEXT = 200  # characters
# Python's own sentences about a value of another type than the check counts on.
_ABOUT_TYPES = re.compile(
    r"'\w+' object has no attribute '\w+'"
    r"|'\w+' object is not (callable|iterable|subscriptable|an iterator|reversible)"
    r"|'\w+' object does not support item (assignment|deletion)"
    r"|object of type '\w+' has no len\(\)"
    r"|cannot unpack non-iterable \w+ object"
    r"|unsupported operand type\(s\) for \S+( or \S+)?: '\w+' and '\w+'"
    r"|bad operand type for unary \S+: '\w+'"
    r"|'\S+' not supported between instances of '\w+' and '\w+'"
)


def of_assertion(raised: AssertionError, check: Check, nodeid: str) -> str:
    """Tell of an assert that does not hold: its message, or the line where all is told.

    Args:
        raised: the assertion.
        check: what it belongs to.
        nodeid: where it stands; what another file asserts is no message of its author.
    """
    last = pytest.ExceptionInfo.from_exception(raised).traceback[-1]
    if check.level is not Shows.FULL:
        is_own = str(last.path).endswith(nodeid.partition("::")[0])
        return str(raised) if is_own else ""
    return str(raised) or f"this does not hold: {str(last.statement).strip()}"


def of_error(raised: BaseException, check: Check) -> str:
    """Tell of an exception in a check that could not use an answer: its type, and perhaps more."""
    kind = type(raised).__name__
    return f"{kind}: {raised}".splitlines()[0][:_MAX_TEXT] if is_open(raised, check) else kind


def is_open(raised: BaseException, check: Check) -> bool:
    """Whether the text of an exception in a check may be told.

    An error of ours speaks of what may cross to the submission, and of types alone; torch, where it
    refuses an answer, of shapes and dtypes. What a hidden check raises itself may say anything.
    """
    if check.level is Shows.FULL or isinstance(raised, CourseError):
        return True
    if type(raised) is RuntimeError:
        last = pytest.ExceptionInfo.from_exception(raised).traceback[-1]
        return not str(last.statement).lstrip().startswith("raise")
    return _ABOUT_TYPES.fullmatch(str(raised)) is not None
