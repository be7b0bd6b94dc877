"""What a class has, as it is shown: the nouns, and their renderings as text, page and JSON.

The numbers are worked out by `gradebook.overview`; here they are only written down. A share is from
0 to 1, None is "nothing can be said" and is written as a dash.

    text        for a terminal
    charts      a histogram, and the checks by difficulty and discrimination, as SVG
    page        one HTML file that needs nothing else
    fields      JSON, for programs
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from grader.items import Item, Spread
from grader.records import Attempt, Diagnosis, Outcome, Score


@dataclass(frozen=True)
class CheckFigures:
    """One check in the attempts that count.

    `item` is how difficult it is, and how well it tells apart who can do the exercise. `outcomes`
    counts how it ended.
    """

    id: str
    title: str
    possible: Fraction
    item: Item
    outcomes: Mapping[Outcome, int]


@dataclass(frozen=True)
class MistakeFigures:
    """One diagnosis: the checks that it explains, and how many students it was told."""

    diagnosis: Diagnosis
    checks: tuple[str, ...]
    students: int


@dataclass(frozen=True)
class Ungraded:
    """One submission that could not be graded, and what is known of the reason."""

    student: str
    exercise: str
    path: str
    why: str


@dataclass(frozen=True)
class ExerciseFigures:
    """An exercise over a class.

    `students` is how many are in the class, `absent` of them handed in nothing, the scores of
    `undecided` wait for something that is not graded. `shares` and `histogram` are of the others:
    of what was possible, lateness, marks and overrides included; the histogram has ten tenths and
    full marks. The figures of the checks are of those attempts that count and had these checks;
    `others` had other ones. `seconds` is the wall time of the attempts that count, `slowest` whose
    was longest.
    """

    id: str
    title: str
    possible: Fraction
    students: int
    absent: int
    undecided: int
    full: int
    shares: Spread | None
    histogram: tuple[int, ...]
    checks: tuple[CheckFigures, ...]
    others: int
    mistakes: tuple[MistakeFigures, ...]
    seconds: Spread | None
    slowest: str = ""

    @property
    def decided(self) -> int:
        """How many students have a score that stands."""
        return self.students - self.absent - self.undecided


@dataclass(frozen=True)
class Row:
    """One student: a score for each exercise, None where nothing was handed in, and the total."""

    student: str
    scores: tuple[Score | None, ...]
    total: Score


@dataclass(frozen=True)
class Overview:
    """A class: the exercises that were asked for, what is not graded, and every student."""

    course: str
    exercises: tuple[ExerciseFigures, ...]
    ungraded: tuple[Ungraded, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tried:
    """One attempt of a student: its number, when it was handed in, what it earned."""

    number: int
    submitted_at: datetime | None
    score: Score
    counts: bool


@dataclass(frozen=True)
class Part:
    """What a student has in one exercise.

    `made_of` says in words what the score is made of: lateness, extension, marks, override.
    `attempt` is the one that counts.
    """

    exercise: str
    title: str
    score: Score
    made_of: Mapping[str, str]
    attempt: Attempt | None
    tried: tuple[Tried, ...] = field(default=())


@dataclass(frozen=True)
class StudentOverview:
    """One student: every exercise, the total, and the exercises that do not count in it."""

    student: str
    name: str
    parts: tuple[Part, ...]
    total: Score
    dropped: tuple[str, ...]
