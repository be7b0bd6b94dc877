"""What one student has, exercise by exercise: one JSON object, and a total that is never guessed.

`sheet.schema.json` beside this file describes every field. An exercise that could not be graded has
no score and says why; then there is no total either, since a total without it would be taken for
the whole.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from importlib import resources

from grader import scoring
from grader.records import (
    Attempt,
    Check,
    Environment,
    Outcome,
    Score,
    Verdict,
    Visibility,
    points_text,
)
from grader.reports import attempt as attempt_report

SCHEMA = "grader/sheet/v1"


class Fault(StrEnum):
    """What has to be repaired before an exercise can be graded; it is never the student's."""

    COURSE = "course"
    GRADER = "grader"


@dataclass(frozen=True)
class Row:
    """One exercise of a sheet: its attempt, or why there is none.

    `points` is what gradebook.yml says that it is worth. Without an attempt, `why` is a sentence
    and `fault` says whose it is. `notes` are for whoever handed it in. `hidden` is how many checks
    are tried elsewhere, None where nobody wrote it down.
    """

    exercise: str
    title: str
    points: Fraction
    attempt: Attempt | None = None
    why: str = ""
    fault: Fault | None = None
    notes: tuple[str, ...] = ()
    hidden: int | None = None

    @property
    def is_graded(self) -> bool:
        """Whether it has a score."""
        return self.attempt is not None and self.attempt.score.is_decided

    @property
    def withheld(self) -> Fraction:
        """Points of checks that are not here; without an attempt nobody knows, and it is 0."""
        possible = self.attempt.score.possible if self.attempt else self.points
        return max(self.points - possible, Fraction(0))


@dataclass(frozen=True)
class Sheet:
    """What one student has; `title` is the course's.

    `why` is a sentence where there are no rows, or not all; `fault` says whose it is where nothing
    could be graded at all.
    """

    title: str
    rows: tuple[Row, ...]
    why: str = ""
    fault: Fault | None = None

    @property
    def status(self) -> str:
        """Tell "graded", "ungraded", or "nothing" where nothing was to be graded."""
        if not self.rows:
            return "ungraded" if self.fault else "nothing"
        return "graded" if self.score.is_decided else "ungraded"

    @property
    def faults(self) -> frozenset[Fault]:
        """What has to be repaired."""
        return frozenset(filter(None, [self.fault, *(row.fault for row in self.rows)]))

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts of the exercises that have one, in order."""
        return [row.attempt for row in self.rows if row.attempt is not None]

    @property
    def score(self) -> Score:
        """The sum over all exercises; not decided where one of them is not, or there is none."""
        scores = [attempt.score for attempt in self.attempts]
        return Score(
            sum((score.earned for score in scores), Fraction(0)),
            sum((score.possible for score in scores), Fraction(0)),
            bool(self.rows) and all(row.is_graded for row in self.rows),
        )


def schema_text() -> str:
    """Read the JSON Schema (draft 2020-12) that describes every field of the object."""
    return resources.files("grader.reports").joinpath("sheet.schema.json").read_text("utf-8")


def to_json(sheet: Sheet) -> str:
    """Write a sheet as one JSON object in ASCII, with a final newline."""
    total = sheet.score
    fields = {
        "schema": SCHEMA,
        "course": sheet.title,
        "status": sheet.status,
        **_points(total),
        "why": sheet.why,
        "fault": sheet.fault.value if sheet.fault else None,
        "exercises": [_row(row) for row in sheet.rows],
    }
    return json.dumps(fields, allow_nan=False, indent=2) + "\n"


def _points(total: Score) -> dict[str, str | None]:
    if not total.is_decided:
        return {"score": None, "possible": None}
    return {"score": points_text(total.earned), "possible": points_text(total.possible)}


def _row(row: Row) -> dict[str, object]:
    attempt = row.attempt
    total = attempt.score if attempt else Score(Fraction(0), Fraction(0), False)
    return {
        "exercise": row.exercise,
        "title": row.title,
        "status": "graded" if row.is_graded else "ungraded",
        **_points(total),
        "withheld": points_text(row.withheld),
        "why": row.why,
        "fault": row.fault.value if row.fault else None,
        "notes": list(row.notes),
        "attempt": json.loads(attempt_report.to_json(attempt)) if attempt else None,
    }


def merged(sheet: Sheet) -> Attempt:
    """Put all exercises into one attempt, for a form that knows one: checks say whose they are.

    An exercise without an attempt is one ungraded check worth all its points.
    """
    if len(sheet.rows) == 1 and sheet.attempts:
        return sheet.attempts[0]
    verdicts = [verdict for row in sheet.rows for verdict in _verdicts(row)]
    first = next(iter(sheet.attempts), None)
    return Attempt(
        exercise="all",
        title=sheet.title,
        path=first.path if first else "",
        digest=first.digest if first else "0" * 64,
        verdicts=tuple(verdicts),
        score=scoring.score(verdicts),
        environment=first.environment if first else _NOWHERE,
        seconds=sum(attempt.seconds for attempt in sheet.attempts),
    )


_NOWHERE = Environment("", "", "", 0, 0, "", "0" * 64, "none")


def _verdicts(row: Row) -> list[Verdict]:
    if row.attempt is None:
        title = f"{row.exercise}: {row.title}"
        check = Check(row.exercise, title, row.points, Visibility.VISIBLE)
        return [Verdict(check, Outcome.UNGRADED, row.why)]
    return [_named(row.exercise, verdict) for verdict in row.attempt.verdicts]


def _named(exercise: str, verdict: Verdict) -> Verdict:
    """Put the exercise's name before a check's id and title."""
    check = verdict.check
    title = f"{exercise}: {check.title or check.id}"
    return replace(verdict, check=replace(check, id=f"{exercise}/{check.id}", title=title))
