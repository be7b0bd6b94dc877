"""Whose fault it was: the errors of the whole project in one tree.

    GraderError
      CourseError        the teacher's files or a wrong command       exit 2
      SubmissionError    the student's files: a verdict or a sentence  exit 2 at the door
      SandboxError       our machinery: what it touches is ungraded    exit 3
        WireError          the other side broke the protocol
        ConfinementError   a wall that was asked for could not be built
      StoreError         the gradebook cannot be read or written          exit 3
    Mismatch(AssertionError)   an expectation not met: not an error, a verdict

A message says what happened, with the value seen, what was expected, and what to do.
It is a module of its own, without imports of the project, because both sides of the wall need it.
"""

from dataclasses import dataclass


class GraderError(Exception):
    """The root: an error with a sentence that a person can act on."""

    exit_code = 3


class CourseError(GraderError):
    """The teacher's files or the words of a command are at fault."""

    exit_code = 2


class SubmissionError(GraderError):
    """The student's files cannot be taken in: missing, unreadable, too large."""

    exit_code = 2


class SandboxError(GraderError):
    """Our own machinery failed: every check it touches is ungraded, none is zero."""


class WireError(SandboxError):
    """Bytes that do not follow the protocol, or exceed one of its caps."""


class ConfinementError(SandboxError):
    """A wall that was asked for cannot be built on this machine."""


class StoreError(GraderError):
    """The gradebook cannot be read or written; what it holds is as it was."""


@dataclass(frozen=True)
class Evidence:
    """What an expectation saw, for reports that show more than its sentence.

    `asked` is the property, one word of `expect.ASKED`; `subject` what was judged, as "the result".
    `got` and `wanted` are short texts, "" where nothing can be shown in one; `where` is an index
    such as "[0, 3]" or a name. `off` is the largest difference and `allowed` what it may be, both
    in the unit of the value, None where nothing was measured. A hidden check's `wanted` is kept
    from the student where `asked` is about values.
    """

    asked: str
    subject: str
    got: str = ""
    wanted: str = ""
    where: str = ""
    off: float | None = None
    allowed: float | None = None


class Mismatch(AssertionError):  # noqa: N818  An expectation not met is a verdict, not an error.
    """The submission's answer is not what the check expects.

    `evidence` is what was seen. `pair` is the answer and what is right, both tensors, where there
    are two to compare: it never leaves the trusted process.
    """

    def __init__(
        self,
        sentence: str,
        evidence: Evidence | None = None,
        pair: tuple[object, object] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.evidence = evidence
        self.pair = pair
