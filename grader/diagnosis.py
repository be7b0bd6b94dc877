"""What a check that is lost says about the student's code, in one sentence or in none.

Three are asked, and the first that knows has the word:

    the exercise's own mistakes   the check again, with each of them in the student's place
    PyTorch's exceptions          a raised error in a beginner's words
    signatures                    one transformation of the right answer that gives the student's

The mistakes come first because their author knows the exercise. If one of them is near and cannot
be told apart, nobody speaks: a wrong diagnosis is worse than none.
"""

from collections.abc import Container
from dataclasses import dataclass

import pytest

from grader import signatures, told, translate
from grader.errors import CourseError, Mismatch
from grader.known import Control, Known, Run
from grader.records import Check, Diagnosis, Outcome, Verdict
from grader.replay import Transcript
from grader.sandbox.raised import StudentError


@dataclass(frozen=True)
class Lost:
    """A check that was lost: what it raised, what was answered, and how the reference ended."""

    check: Check
    raised: BaseException
    answers: Transcript
    control: Control | None
    seed: int


def diagnose(known: Known, lost: Lost, passed: Container[str], run: Run) -> Diagnosis | None:
    """Look for what explains a lost check.

    Args:
        known: the reference and the mistakes of the exercise.
        lost: the check, with what was seen of it.
        passed: ids of checks that the submission has passed.
        run: runs the check with somebody in the student's place.
    """
    if lost.control is not None:
        if lost.control.raised is not None:
            return None
        match = known.name(
            lost.check.id, passed, lost.answers, lost.control, seed=lost.seed, run=run
        )
        if match.mistake is not None:
            return Diagnosis(match.mistake, known.sentence(match.mistake))
        if not match.is_clear:
            return None
    return explained(lost)


def explained(lost: Lost) -> Diagnosis | None:
    """Explain a lost check without knowing the exercise."""
    match lost.raised:
        case StudentError(outcome=Outcome.RAISED) as raised:
            return translate.explain(raised.name, raised.words)
        case Mismatch(evidence=seen) as raised if seen is not None:
            return signatures.explain(seen, raised.pair, lost.answers.shapes)
        case AssertionError() | pytest.fail.Exception() | CourseError():
            return None
        case Exception() as raised if lost.control is not None and told.is_open(raised, lost.check):
            # What torch said when the check used the answer, and would not say of a right one.
            return translate.explain(type(raised).__name__, str(raised))
    return None


def of_loading(raised: StudentError, verdict: Verdict) -> Verdict:
    """Add to the verdict on files that do not load what is known of their error."""
    if raised.outcome is not Outcome.RAISED or raised.is_stub:
        return verdict
    found = translate.explain(raised.name, raised.words)
    return Verdict(verdict.check, verdict.outcome, verdict.message, found)
