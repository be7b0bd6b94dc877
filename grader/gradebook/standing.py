"""What a student has in an exercise, worked out of rows: no database, no clock.

Of each submission the newest attempt that was graded stands. Lateness takes its part of what it
earned; the submission that counts is chosen among the results; what a person gave is added; an
override stands above it all. Rounding comes last, and once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from grader import policy
from grader.policy import Candidate, Counts, Due, Late, Lateness
from grader.records import Exercise, Score, points_text


@dataclass(frozen=True)
class Graded:
    """One submission, and the attempt that stands for it; `attempt` None where none was graded."""

    submission: int
    student: str
    exercise: str
    digest: str
    submitted_at: datetime | None
    attempt: int | None
    earned: Fraction = Fraction(0)
    possible: Fraction = Fraction(0)


@dataclass(frozen=True)
class Mark:
    """Points that a person gave or took, under a label; None where there is a comment alone."""

    student: str
    exercise: str
    label: str
    points: Fraction | None
    comment: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Override:
    """A score that stands whatever was earned."""

    student: str
    exercise: str
    score: Fraction
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Extension:
    """More time for one student: until when, as `policy.read_due` reads it."""

    student: str
    exercise: str
    due: str
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Decided:
    """What people decided about one student's exercise; all that there is, or nothing."""

    marks: tuple[Mark, ...] = ()
    override: Override | None = None
    extension: Extension | None = None


IN_TIME = Lateness()
UNTOUCHED = Decided()


@dataclass(frozen=True)
class Rules:
    """The policies of one exercise, read."""

    points: Fraction
    due: Due | None
    late: Late
    counts: Counts

    @classmethod
    def of(cls, exercise: Exercise) -> "Rules":
        """Read what gradebook.yml says of an exercise."""
        return cls(
            points=exercise.points,
            due=policy.read_due(exercise.due) if exercise.due else None,
            late=policy.read_late(exercise.late) if exercise.late else Late(),
            counts=Counts(exercise.counts),
        )


@dataclass(frozen=True)
class Standing:
    """What a student has in an exercise, and what it is made of.

    `chosen` is the submission that counts, `lateness` its own; None and in time where nothing was
    handed in. `score` is rounded; it is undecided where an ungraded submission could change it.
    """

    student: str
    exercise: str
    score: Score
    chosen: Graded | None = None
    lateness: Lateness = IN_TIME
    decided: Decided = UNTOUCHED

    @property
    def is_absent(self) -> bool:
        """Whether there is nothing to be scored: nothing handed in, and nothing given."""
        given = any(mark.points is not None for mark in self.decided.marks)
        return self.chosen is None and self.decided.override is None and not given

    def made_of(self) -> dict[str, str]:
        """Say what the score is made of, part by part, in words that can be compared later."""
        parts = {}
        if self.chosen:
            parts["checks"] = points_text(self.chosen.earned)
            if self.chosen.attempt is not None:
                parts["attempt"] = f"#{self.chosen.attempt}"
        if self.lateness.begun:
            parts["lateness"] = str(self.lateness)
        if self.decided.extension:
            given = self.decided.extension
            parts["extension"] = f"{given.due} by {given.author}: {given.reason}"
        for mark in self.decided.marks:
            if mark.points is not None:
                sign = "+" if mark.points >= 0 else ""
                parts[f"mark {mark.label}"] = f"{sign}{points_text(mark.points)} by {mark.author}"
        if self.decided.override:
            over = self.decided.override
            parts["override"] = f"{points_text(over.score)} by {over.author}: {over.reason}"
        parts["possible"] = points_text(self.score.possible)
        if not self.score.is_decided:
            parts["state"] = "ungraded"
        return parts


@dataclass(frozen=True)
class Total:
    """A student's points over the course; `dropped` are the exercises that do not count."""

    student: str
    score: Score
    dropped: tuple[str, ...] = ()


def stand(
    student: str, exercise: Exercise, handed: Sequence[Graded], decided: Decided = UNTOUCHED
) -> Standing:
    """Work out what one student has in one exercise.

    Args:
        student: whose.
        exercise: with the policies as they are now.
        handed: all submissions of this student for it, in the order in which they were taken in.
        decided: what people decided about it.
    """
    rules = Rules.of(exercise)
    until = policy.read_due(decided.extension.due) if decided.extension else None
    late = [policy.lateness(rules.due, rules.late, one.submitted_at, until) for one in handed]
    candidates = [
        Candidate(_kept(one.earned, how), one.possible, one.submitted_at, order, is_settled(one))
        for order, (one, how) in enumerate(zip(handed, late, strict=True))
    ]
    if not candidates:
        score = _with(Score(Fraction(0), rules.points, True), decided)
        return Standing(student, exercise.id, score, decided=decided)
    index = policy.pick(candidates, rules.counts)
    best = candidates[index]
    is_decided = not policy.is_open(candidates, rules.counts)
    score = _with(Score(best.earned, best.possible or rules.points, is_decided), decided)
    return Standing(student, exercise.id, score, handed[index], late[index], decided)


def _kept(earned: Fraction, how: Lateness) -> Fraction:
    """Take off what lateness costs."""
    return earned * how.kept if how.begun else earned


def is_settled(one: Graded) -> bool:
    """Whether a submission has an attempt that was graded."""
    return one.attempt is not None


def _with(score: Score, decided: Decided) -> Score:
    """Add what people gave, which lateness takes nothing of, and round."""
    if decided.override:
        return Score(decided.override.score, score.possible, True)
    if not decided.marks:
        return Score(policy.rounded(score.earned), score.possible, score.is_decided)
    given = sum((mark.points for mark in decided.marks if mark.points is not None), Fraction(0))
    earned = min(max(score.earned + given, Fraction(0)), score.possible)
    return Score(policy.rounded(earned), score.possible, score.is_decided)


def total(student: str, standings: Sequence[Standing], drop: int) -> Total:
    """Add up a student's exercises, without the `drop` ones that have the lowest shares.

    The total is undecided where one of the exercises is, since that one may yet be dropped.
    """
    scores = [(each.score.earned, each.score.possible) for each in standings]
    without = policy.dropped(scores, drop)
    kept = [pair for index, pair in enumerate(scores) if index not in without]
    return Total(
        student,
        Score(
            sum((earned for earned, _ in kept), Fraction(0)),
            sum((possible for _, possible in kept), Fraction(0)),
            all(each.score.is_decided for each in standings),
        ),
        tuple(standings[index].exercise for index in sorted(without)),
    )


def reasons(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Say which parts of a standing differ: "checks: 7, was 8"."""
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(
        f"{key}: {after.get(key, 'none')}, was {before.get(key, 'none')}"
        for key in keys
        if before.get(key) != after.get(key)
    )
