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
from typing import Literal


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


# Pictures: what people would rather look at than read


@dataclass(frozen=True)
class Curves:
    """Numbers by step, the submission's and the right ones, as the losses of a training run.

    `at` are the steps, counted from 0 and rising, at most 32 of them; `got` has a number for each,
    `wanted` likewise, or none at all where they are not told. None stands for infinity and NaN.
    """

    at: tuple[int, ...]
    got: tuple[float | None, ...]
    wanted: tuple[float | None, ...] = ()
    kind: Literal["curves"] = "curves"


@dataclass(frozen=True)
class HeatMap:
    """Which values of a tensor differ, and how far.

    `shape` is that of the tensor, whose values were laid out as `rows` and `columns`: the last
    dimension across, all others down. `cells` has at most 24 rows of 24; a cell stands for a block
    of values and is 0 where all of them agree, and otherwise from 1 to 4 by the largest difference
    among them: up to 1 %, 10 %, half, or more of the largest of all. Where `is_graded` is False
    each cell that differs is 1.
    """

    shape: tuple[int, ...]
    rows: int
    columns: int
    cells: tuple[tuple[int, ...], ...]
    is_graded: bool = True
    kind: Literal["heat_map"] = "heat_map"


@dataclass(frozen=True)
class Flow:
    """What reached each parameter or argument: the length of its gradient, or of its step.

    `of` is "gradient" or "step". `got` has a length for each name, None where nothing arrived;
    `wanted` likewise, or none at all where they are not told. At most 24 names; `more` were left
    out.
    """

    of: str
    names: tuple[str, ...]
    got: tuple[float | None, ...]
    wanted: tuple[float | None, ...] = ()
    more: int = 0
    kind: Literal["flow"] = "flow"


@dataclass(frozen=True)
class Chain:
    """The operations from the arguments to the result, in the order in which they were first used.

    `operations` are at most 16 names; `cut` is the place, from 0, of the one that cuts the graph,
    None where no single one is known to. `ends` are the names that no gradient reaches.
    """

    operations: tuple[str, ...]
    cut: int | None = None
    ends: tuple[str, ...] = ()
    kind: Literal["chain"] = "chain"


Picture = Curves | HeatMap | Flow | Chain


@dataclass(frozen=True)
class Evidence:
    """What an expectation saw, for reports that show more than its sentence.

    `asked` is the property, one word of `expect.ASKED`; `subject` what was judged, as "the result".
    `got` and `wanted` are short texts, "" where nothing can be shown in one; `where` is an index
    such as "[0, 3]" or a name. `off` is the largest difference and `allowed` what it may be, both
    in the unit of the value, None where nothing was measured. A hidden check's `wanted` is kept
    from the student where `asked` is about values. `picture` is what can be drawn of it. `given` is
    the call that was judged, as "matvec(A: float32 (3, 5), v=tensor([1.0, 2.0]))", "" where no one
    call is known. Where the call raised, or did not come back, `given` is all there is, and the
    other texts are "".
    """

    asked: str
    subject: str
    got: str = ""
    wanted: str = ""
    where: str = ""
    off: float | None = None
    allowed: float | None = None
    picture: Picture | None = None
    given: str = ""


class Mismatch(AssertionError):  # noqa: N818  An expectation not met is a verdict, not an error.
    """The submission's answer is not what the check expects.

    `evidence` is what was seen. `pair` is the answer and what is right, both tensors, where there
    are two to compare: it never leaves the trusted process. `around` are the values of both about
    the first difference, as two texts, for a student who may see the right ones.
    """

    def __init__(
        self,
        sentence: str,
        evidence: Evidence | None = None,
        pair: tuple[object, object] | None = None,
        around: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.evidence = evidence
        self.pair = pair
        self.around = around
