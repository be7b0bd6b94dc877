"""What a student is told, in the words of the report on the terminal.

Every form says what the record says and nothing more: of a hidden check that is its title, its
verdict and its message, which were written for the student.
"""

from collections.abc import Sequence
from typing import NoReturn

from grader.errors import SandboxError
from grader.records import Attempt, Outcome, Verdict
from grader.reports import sentences
from grader.reports.exports.size import cut
from grader.reports.exports.text import one_line, plain

# As `sandbox.raised` begins what it says of a stub.
_STUB = "not written yet ("


def title(verdict: Verdict, room: int) -> str:
    """Write a check's title on one line, its id where it has none, cut to `room` characters."""
    return one_line(cut(_title(verdict), room))


def told(verdict: Verdict, room: int) -> str:
    """Write what is told about one verdict; "" where there is nothing to tell.

    Args:
        verdict: how a check ended.
        room: characters that are kept of the message, and of the diagnosis below it.
    """
    message = plain(cut(sentences.message_of(verdict), room))
    diagnosis = one_line(cut(_diagnosis(verdict), room))
    lines = [message, f"→ {diagnosis}" if diagnosis else ""]
    return "\n".join(line for line in lines if line)


def is_begun(attempt: Attempt) -> bool:
    """Whether anything is written; in a stub, what was tried is not."""
    tried = [each for each in attempt.verdicts if each.outcome is not Outcome.SKIPPED]
    return not tried or not all(map(is_stub, tried))


def is_stub(verdict: Verdict) -> bool:
    """Whether a check found the line that an exercise begins with."""
    return verdict.outcome is Outcome.RAISED and verdict.message.startswith(_STUB)


def free_texts(verdicts: Sequence[Verdict]) -> list[str]:
    """List the texts that `title` and `told` cut to their room."""
    texts = (_title, sentences.message_of, _diagnosis)
    return [text(verdict) for verdict in verdicts for text in texts]


def _title(verdict: Verdict) -> str:
    return verdict.check.title.strip() or verdict.check.id.strip() or "check"


def _diagnosis(verdict: Verdict) -> str:
    return verdict.diagnosis.text if verdict.diagnosis else ""


def refuse(attempt: Attempt, consequence: str) -> NoReturn:
    """Give no file for an attempt that could not be graded, where any file would be a grade.

    Raises:
        SandboxError: always; `consequence` ends its sentence with what the reader makes of that.
    """
    raise SandboxError(
        f"{one_line(attempt.exercise)}: {sentences.score_of(attempt)}. This format can only say a "
        f"number, so nothing is written; {consequence}"
    )
