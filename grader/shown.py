"""How much of a lost check is told to the student: the mark `shows`, and what it leaves.

    @pytest.mark.shows("message")                             never more than a sentence
    @pytest.mark.shows("score-only", reveal="after-due")      the points; all, once it is over

Without the mark everything is told of a visible check, and of a hidden one what came out. What is
withheld is left out here, in the trusted process, before anything is written down: no JSON, no
export and no page can hold it, whoever reads them. So the clock that decides is that of the
grading; who wants to tell more after the due date grades again.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

import pytest

from grader import policy
from grader.errors import CourseError, Mismatch
from grader.records import Check, Exercise, Outcome, Shows, Verdict, Visibility
from grader.sandbox.raised import StudentError

ONLY_POINTS = "of this check only the points are told"

# What has nothing to withhold: nothing was lost, nothing was tried, or it is our fault.
_UNTRIED = frozenset({Outcome.PASSED, Outcome.SKIPPED, Outcome.UNGRADED})
# What is said of an answer in place of a sentence that has values in it.
_WITHOUT_VALUES = {
    "values": "has wrong values",
    "gradient": "is wrong",
    "step": "does not move as it should",
    "learning": "has not learned enough",
    "invariance": "depends on what it must not, or not on what it must",
    "cost": "are more than the task needs",
}


class Reveal(StrEnum):
    """When everything is told: at once, when nothing can be handed in any more, or never."""

    ALWAYS = "always"
    AFTER_DUE = "after-due"
    NEVER = "never"


def of_mark(
    item: pytest.Item, exercise: Exercise, visibility: Visibility, now: datetime | None
) -> Shows | None:
    """Read from a check's mark how much is told of it at a time.

    Args:
        item: the check.
        exercise: the one that it belongs to, which may be due.
        visibility: whether a student may read the check.
        now: the time of the grading; None tells what is usual, whatever the mark withholds.

    Returns:
        None where it is what is usual for its visibility.

    Raises:
        CourseError: the mark says something else than levels and times, or contradicts itself.
    """
    mark = item.get_closest_marker("shows")
    if mark is None:
        return None
    words = dict(mark.kwargs)
    level, reveal = _read(item, mark.args, words.pop("reveal", None), words)
    _refuse_contradiction(item, exercise, level, reveal)
    is_over = reveal is Reveal.AFTER_DUE and now is not None and now >= _end(exercise)
    shows = Shows.FULL if is_over else level
    usual = Check("", "", exercise.points, visibility).level
    return None if now is None or shows is usual else shows


def _read(
    item: pytest.Item, words: tuple[object, ...], when: object, unknown: object
) -> tuple[Shows, Reveal]:
    """Read the two words of a mark; `when` is None where it does not say when all is told."""
    levels = [str(each) for each in Shows]
    if unknown or len(words) != 1 or words[0] not in levels:
        said = ", ".join(map(repr, words)) or "nothing"
        raise CourseError(
            f"{_place(item)}: the mark shows says {said}; write one of {', '.join(levels)}, "
            'as @pytest.mark.shows("message"), and nothing else but reveal.'
        )
    level = Shows(str(words[0]))
    if when is None:
        return level, Reveal.ALWAYS if level is Shows.FULL else Reveal.NEVER
    times = [str(each) for each in Reveal]
    if when not in times:
        raise CourseError(
            f"{_place(item)}: the mark shows says reveal={when!r}; write one of {', '.join(times)}."
        )
    return level, Reveal(str(when))


def _refuse_contradiction(
    item: pytest.Item, exercise: Exercise, level: Shows, reveal: Reveal
) -> None:
    if (level is Shows.FULL) != (reveal is Reveal.ALWAYS):
        raise CourseError(
            f'{_place(item)}: the mark shows says "{level}" and reveal="{reveal}", which do not go '
            'together: "full" is told always, and what is less becomes full after-due or never. '
            "Leave reveal out, or change one of the two."
        )
    if reveal is Reveal.AFTER_DUE and exercise.due is None:
        raise CourseError(
            f'{_place(item)}: the mark shows says reveal="after-due", and {exercise.id} has no due '
            'in gradebook.yml; give it one, or write reveal="never".'
        )


def _place(item: pytest.Item) -> str:
    file, line, _ = item.location
    return f"{file}:{(line or 0) + 1}"


def _end(exercise: Exercise) -> datetime:
    """Tell when nothing can be handed in for points any more, as far as gradebook.yml says."""
    assert exercise.due is not None
    due = policy.read_due(exercise.due)
    late = policy.read_late(exercise.late) if exercise.late else policy.Late()
    return (due.end(*late.most) if late.most else due.end()) + late.grace


def cut(verdict: Verdict, raised: BaseException) -> Verdict:
    """Leave of a lost check's verdict what its level tells.

    Args:
        verdict: with all that is known.
        raised: what the check raised.
    """
    if verdict.outcome in _UNTRIED:
        return verdict
    match verdict.check.level:
        case Shows.SCORE_ONLY:
            return replace(verdict, message=ONLY_POINTS, evidence=None, diagnosis=None)
        case Shows.MESSAGE:
            found = verdict.diagnosis
            # It quotes the words of an exception, and those may quote anything.
            kept = None if found is None or found.is_translation else found
            message = _without_values(verdict.message, raised)
            return replace(verdict, message=message, evidence=None, diagnosis=kept)
    return verdict


def _without_values(message: str, raised: BaseException) -> str:
    """Say of what went wrong nothing that a value could be read from."""
    match raised:
        case Mismatch(evidence=seen) if seen is not None and seen.asked in _WITHOUT_VALUES:
            subject = seen.subject[:1].upper() + seen.subject[1:]
            return f"{subject} {_WITHOUT_VALUES[seen.asked]}."
        case StudentError(outcome=Outcome.RAISED, is_stub=False) as error if error.name:
            _, _, frames = message.partition(error.words) if error.words else ("", "", message)
            return "\n".join([error.name, *frames.split("\n")[1:]])
    return message
