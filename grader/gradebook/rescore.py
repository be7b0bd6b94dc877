"""Scores worked out again from stored verdicts, after points or policies changed; nothing is run.

Where checks are worth something else than they were, a new attempt is recorded that has the old
verdicts and the new points; the old one stays. Policies need no new attempt. Then every standing is
held against what was last told, and what differs is told and recorded.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from grader import scoring
from grader.gradebook import points, queries
from grader.gradebook.difference import difference
from grader.gradebook.queries import Key, Told
from grader.gradebook.standing import Graded, Standing, reasons
from grader.gradebook.standings import standings
from grader.gradebook.store import Gradebook
from grader.records import Attempt, Exercise, Outcome, Score


@dataclass(frozen=True)
class Change:
    """A score that is another than was last told; `before` None where nothing was."""

    student: str
    exercise: str
    before: Score | None
    after: Score
    why: tuple[str, ...]


@dataclass(frozen=True)
class Unsure:
    """A submission whose verdicts cannot say what it has under the new points."""

    student: str
    exercise: str
    why: str


@dataclass(frozen=True)
class Rescored:
    """What came of it: scores that changed, what has to be graded again, and new attempts."""

    changes: tuple[Change, ...]
    unsure: tuple[Unsure, ...]
    recorded: int
    same: int


def rescore(book: Gradebook, exercises: Sequence[Exercise], is_trial: bool = False) -> Rescored:
    """Work out all scores of these exercises again, and record what changed.

    Args:
        book: the gradebook.
        exercises: those to work out again, as gradebook.yml says now.
        is_trial: record nothing.

    Raises:
        CourseError: the marks of the checks cannot be read, or do not add up.
        StoreError: the database refuses.
    """
    handed = queries.handed_in(book)
    # All marks are read before anything is recorded.
    known = {exercise for _, exercise in handed}
    worth = {each.id: points.read(each) for each in exercises if each.id in known}
    made: dict[int, Attempt] = {}
    unsure: list[Unsure] = []
    for exercise, now in worth.items():
        new, open_ones = _again(book, [*_of(handed, exercise)], queries.worth(book, exercise), now)
        made |= new
        unsure += open_ones
    if is_trial:
        handed = _with(handed, made)
    elif made:
        _record(book, handed, made)
        handed = queries.handed_in(book)
    found = standings(book, exercises, handed)
    told = queries.told(book)
    changed = [one for one in found if _differs(one, told.get((one.student, one.exercise)))]
    changes = _changes(book, changed, told, made if is_trial else {})
    if not is_trial:
        book.tell(changed)
    return Rescored(changes, tuple(unsure), len(made), len(found) - len(changes))


def _of(handed: Mapping[Key, Sequence[Graded]], exercise: str) -> Iterator[Graded]:
    """List what was handed in for an exercise and graded."""
    for (_, id_), submissions in handed.items():
        if id_ == exercise:
            yield from (one for one in submissions if one.attempt is not None)


def _again(
    book: Gradebook,
    submissions: Sequence[Graded],
    worth: Mapping[int, Mapping[str, Fraction]],
    now: Mapping[str, Fraction],
) -> tuple[dict[int, Attempt], list[Unsure]]:
    """Give verdicts the points that checks have now.

    Returns:
        New attempts by the number of the old one, and the submissions that have to be graded.
    """
    old = {
        one.attempt: one
        for one in submissions
        if one.attempt is not None and worth.get(one.attempt, {}) != now
    }
    made: dict[int, Attempt] = {}
    unsure: list[Unsure] = []
    for kept in queries.attempts(book, [*old]):
        why = _unknown(kept.attempt, now)
        if why:
            unsure.append(Unsure(kept.student, kept.attempt.exercise, why))
        else:
            made[kept.number] = _rescored(kept.attempt, now)
    return made, unsure


def _unknown(attempt: Attempt, now: Mapping[str, Fraction]) -> str:
    """Say why verdicts cannot tell what a submission has now; "" where they can."""
    known = {verdict.check.id for verdict in attempt.verdicts}
    new = [name for name in now if name not in known]
    if new:
        return f"there is no verdict on {', '.join(new)}"
    for verdict in attempt.verdicts:
        check = verdict.check
        is_waiting = verdict.outcome is Outcome.SKIPPED and check.id in now
        if is_waiting and check.needs is not None and check.needs not in now:
            return f"{check.id} was not tried, because of {check.needs}, which is gone"
    return ""


def _rescored(attempt: Attempt, now: Mapping[str, Fraction]) -> Attempt:
    """Give an attempt's verdicts other points, and leave out checks that are gone."""
    verdicts = tuple(
        replace(verdict, check=replace(verdict.check, points=now[verdict.check.id]))
        for verdict in attempt.verdicts
        if verdict.check.id in now
    )
    return replace(attempt, verdicts=verdicts, score=scoring.score(verdicts))


def _record(
    book: Gradebook, handed: Mapping[Key, Sequence[Graded]], made: Mapping[int, Attempt]
) -> None:
    """Keep new attempts, as a run of their own."""
    run = book.begin_run("rescore")
    for (student, _), submissions in handed.items():
        for one in submissions:
            if one.attempt is not None and one.attempt in made:
                attempt = made[one.attempt]
                book.keep(attempt, student, one.submitted_at, run=run, origin=one.attempt)
    book.end_run(run)


def _with(
    handed: Mapping[Key, Sequence[Graded]], made: Mapping[int, Attempt]
) -> dict[Key, list[Graded]]:
    """Put the scores of new attempts in place of the old ones, under the old numbers."""

    def again(one: Graded) -> Graded:
        attempt = made.get(one.attempt) if one.attempt is not None else None
        if attempt is None:
            return one
        return replace(one, earned=attempt.score.earned, possible=attempt.score.possible)

    return {key: [again(one) for one in submissions] for key, submissions in handed.items()}


def _differs(one: Standing, last: Told | None) -> bool:
    if last is None:
        return True
    return (one.score.earned, one.score.possible, one.score.is_decided) != (
        last.score.earned,
        last.score.possible,
        last.score.is_decided,
    )


def _changes(
    book: Gradebook,
    changed: Sequence[Standing],
    told: Mapping[Key, Told],
    trial: Mapping[int, Attempt],
) -> tuple[Change, ...]:
    """Say of each score why it changed: the checks that made it, then the other parts."""
    numbers = {
        told[key].attempt for key in ((e.student, e.exercise) for e in changed) if key in told
    }
    numbers |= {one.chosen.attempt for one in changed if one.chosen}
    kept = queries.attempts(book, sorted(number for number in numbers if number is not None))
    before = {each.number: each.attempt for each in kept}
    after = {**before, **trial}
    changes = []
    for one in changed:
        last = told.get((one.student, one.exercise))
        if last is None:
            changes.append(Change(one.student, one.exercise, None, one.score, ()))
            continue
        number = one.chosen and one.chosen.attempt
        old, new = before.get(last.attempt or 0), after.get(number or 0)
        checks = difference(one.student, one.exercise, old, new).checks
        why = (*checks, *reasons(json.loads(last.made_of), one.made_of()))
        changes.append(Change(one.student, one.exercise, last.score, one.score, why))
    return tuple(changes)
