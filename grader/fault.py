"""Whose fault it was: what a check raised becomes a verdict, or the teacher's error.

    the student's code raised, hung or died   the outcome it came with
    an expectation was not met                failed
    anything else                             the check could not use the answer: failed
    our own machinery                         ungraded, decided by who catches it

A check that has failed, or in which the student's code raised, is run once more with the reference
in the student's place: the *control*. If the reference does not pass either, no answer would have
passed, and it is the check that is wrong. Where there is no reference, as in a student's copy of
the course, the student's answer is all there is to judge.
"""

import math

import pytest

from grader import told, withheld
from grader.errors import CourseError, Evidence, Mismatch, SandboxError
from grader.known import Control
from grader.records import Check, Outcome, Shows, Verdict
from grader.sandbox.raised import StudentError

# Sentences that quote the student's names grow with them.
MAX_MESSAGE = 10_000
MAX_EVIDENCE = 500  # characters of a text of the evidence
_MAX_ERROR = 200  # characters of an error that is not an expectation's

# Where `wanted` says what the right answer is, and not only of which form it is.
_OF_VALUES = frozenset({"values", "gradient", "step", "learning", "invariance", "cost"})


def needs_control(raised: BaseException) -> bool:
    """Tell whether the reference has to show that the check can be passed.

    What hung, died or was forbidden has been decided, and a stub is not written yet.
    """
    if isinstance(raised, StudentError):
        return raised.outcome is Outcome.RAISED and not raised.is_stub
    is_answer = isinstance(raised, Exception | pytest.fail.Exception)
    return is_answer and not isinstance(raised, SandboxError)


def verdict(nodeid: str, check: Check, raised: BaseException, control: Control | None) -> Verdict:
    """Judge what a check raised.

    Args:
        nodeid: where the check stands, for the teacher.
        check: which one it is.
        raised: what it raised with the student's answers.
        control: how it ended with the reference; None where there is none or nobody asked.

    Raises:
        CourseError: the check is wrong; nothing is graded.
        SandboxError: our machinery failed.
    """
    if control is not None and control.is_refusal:
        if isinstance(raised, CourseError):
            raise raised
        raise CourseError(_of_the_check(nodeid, raised, control))
    match raised:
        case StudentError():
            outcome, message = raised.outcome, raised.text
        case pytest.skip.Exception():
            outcome, message = Outcome.SKIPPED, f"not tried: {raised.msg}"
        case Mismatch():
            outcome, message = Outcome.FAILED, str(raised)
        case AssertionError():
            outcome, message = Outcome.FAILED, told.of_assertion(raised, check, nodeid)
        case pytest.fail.Exception():
            outcome, message = Outcome.FAILED, str(raised.msg)
        case Exception() if not isinstance(raised, SandboxError):
            outcome, message = Outcome.FAILED, _unusable(nodeid, raised, check, control)
        case _:
            raise raised
    return Verdict(check, outcome, message[:MAX_MESSAGE], evidence=evidence(check, raised))


def _unusable(nodeid: str, raised: Exception, check: Check, control: Control | None) -> str:
    """Say that a check stumbled over an answer, as far as that may be told."""
    if control is None:
        if isinstance(raised, CourseError):
            raise CourseError(f"{nodeid}: {raised}") from raised
        return f"the check could not use the answer ({type(raised).__name__})"
    return f"the check could not use the answer ({told.of_error(raised, check)})"


def _of_the_check(nodeid: str, raised: BaseException, control: Control) -> str:
    with_reference = described(control.raised)
    if isinstance(raised, Mismatch | AssertionError | pytest.fail.Exception | StudentError):
        return (
            f"{nodeid} is not passed by the reference either. With the reference: "
            f"{with_reference}. Either the check or the reference is wrong; no score was given."
        )
    return (
        f"{nodeid} raised {described(raised)}, and with the reference {with_reference}. "
        "The check is at fault; no score was given."
    )


def described(raised: BaseException | None) -> str:
    """Write what was raised in one line: its words, after its type where they need it."""
    match raised:
        case pytest.fail.Exception():
            text = str(raised.msg)
        case Mismatch() | StudentError():
            text = str(raised)
        case AssertionError() if not str(raised):
            entry = pytest.ExceptionInfo.from_exception(raised).traceback[-1]
            text = f"the assert in line {entry.lineno + 1} does not hold"
        case _:
            text = f"{type(raised).__name__}: {raised}"
    first = text.strip().splitlines()[:1]
    return "".join(first)[:_MAX_ERROR].rstrip(".")


def evidence(check: Check, raised: BaseException) -> Evidence | None:
    """Take what an expectation saw, as far as the student may see it.

    Texts are bounded and numbers that JSON cannot hold are left out. Where not everything is told,
    the right value stays here; where it is, both values stand among their neighbours.
    """
    seen = raised.evidence if isinstance(raised, Mismatch) else None
    if seen is None:
        return None
    is_full = check.level is Shows.FULL
    got, wanted = seen.got, seen.wanted
    if is_full and isinstance(raised, Mismatch) and raised.around is not None:
        got, wanted = raised.around
    is_secret = not is_full and seen.asked in _OF_VALUES
    return Evidence(
        asked=seen.asked[:MAX_EVIDENCE],
        subject=seen.subject[:MAX_EVIDENCE],
        got=got[:MAX_EVIDENCE],
        wanted="" if is_secret else wanted[:MAX_EVIDENCE],
        where=seen.where[:MAX_EVIDENCE],
        off=_size(seen.off),
        allowed=_size(seen.allowed),
        picture=withheld.of(check, seen, raised.pair) if isinstance(raised, Mismatch) else None,
    )


def _size(number: float | None) -> float | None:
    """Give a number from zero up that is finite, or None."""
    is_size = number is not None and math.isfinite(number) and number >= 0
    return number if is_size else None
