"""What a student is told, in the words of the report on the terminal.

Every form says what the record says and nothing more: of a hidden check that is its title, its
verdict and its message, which were written for the student.
"""

from collections.abc import Sequence
from typing import NoReturn

from grader.errors import SandboxError
from grader.records import Attempt, Outcome, Verdict, points_text
from grader.reports.exports.size import cut
from grader.reports.exports.text import one_line, plain
from grader.scoring import earned

# Said where a verdict brings no message of its own.
_FALLBACKS = {
    Outcome.RAISED: "raised an error",
    Outcome.TIMED_OUT: "took too long and was stopped",
    Outcome.OUT_OF_MEMORY: "used more memory than is allowed",
    Outcome.FORBIDDEN: "did something that is not allowed here",
    Outcome.CRASHED: "ended the program before it answered",
    Outcome.UNGRADED: "could not be graded; the files are not at fault",
}


def title(verdict: Verdict, room: int) -> str:
    """Write a check's title on one line, its id where it has none, cut to `room` characters."""
    return one_line(cut(_title(verdict), room))


def told(verdict: Verdict, room: int) -> str:
    """Write what is told about one verdict; "" where there is nothing to tell.

    Args:
        verdict: how a check ended.
        room: characters that are kept of the message, and of the diagnosis below it.
    """
    message = plain(cut(_message(verdict), room))
    diagnosis = one_line(cut(_diagnosis(verdict), room))
    lines = [message, f"→ {diagnosis}" if diagnosis else ""]
    return "\n".join(line for line in lines if line)


def free_texts(verdicts: Sequence[Verdict]) -> list[str]:
    """List the texts that `title` and `told` cut to their room."""
    return [text(verdict) for verdict in verdicts for text in (_title, _message, _diagnosis)]


def _title(verdict: Verdict) -> str:
    return verdict.check.title.strip() or verdict.check.id.strip() or "check"


def _message(verdict: Verdict) -> str:
    message = verdict.message.strip("\n").rstrip()
    if not message and verdict.outcome is Outcome.SKIPPED and verdict.check.needs:
        return f"not tried: needs {verdict.check.needs}"
    return message or _FALLBACKS.get(verdict.outcome, "")


def _diagnosis(verdict: Verdict) -> str:
    return verdict.diagnosis.text if verdict.diagnosis else ""


def points_of(verdict: Verdict) -> str:
    """Write the points of one check, such as "1 / 2"; "? / 2" where nobody knows."""
    # An ungraded check has not lost its points: a 0 would read as if it had.
    got = "?" if verdict.outcome is Outcome.UNGRADED else points_text(earned(verdict))
    return f"{got} / {points_text(verdict.check.points)}"


def score_of(attempt: Attempt) -> str:
    """Write the score, such as "2.5 / 4", or why there is none."""
    if attempt.score.is_decided:
        return f"{points_text(attempt.score.earned)} / {points_text(attempt.score.possible)}"
    count = sum(verdict.outcome is Outcome.UNGRADED for verdict in attempt.verdicts)
    why = f"{count} of {len(attempt.verdicts)} checks could not be graded"
    return f"not decided: {why if attempt.verdicts else 'there are no checks'}; tell your teacher"


def refuse(attempt: Attempt, consequence: str) -> NoReturn:
    """Give no file for an attempt that could not be graded, where any file would be a grade.

    Raises:
        SandboxError: always; `consequence` ends its sentence with what the reader makes of that.
    """
    raise SandboxError(
        f"{one_line(attempt.exercise)}: {score_of(attempt)}. This format can only say a number, so "
        f"nothing is written; {consequence}"
    )
