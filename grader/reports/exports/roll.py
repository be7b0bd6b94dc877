"""What a class has, as plain data: the record that every form of a whole class is made of.

The gradebook works it out (`gradebook.roll`); here nothing is read and nothing is computed but sums
that stand in a form. Scores are those of `grade report`: with lateness, marks and overrides, and
rounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from grader.records import Exercise, Score


@dataclass(frozen=True)
class Result:
    """What a student has in one exercise.

    `is_absent` where nothing was handed in and nobody gave anything. `lost` are points that
    lateness took, `submitted_at` is when what counts was handed in, in UTC. `checks` are the points
    of each check of the attempt that counts, by id, before lateness, marks and overrides.
    """

    score: Score
    is_absent: bool = False
    lost: Fraction = Fraction(0)
    submitted_at: datetime | None = None
    checks: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """One student: the key in the gradebook, what else is known, and a result for each exercise.

    `total` leaves out what the course drops, and `dropped` names it. `words` are all that the
    student may be called by.
    """

    key: str
    results: tuple[Result, ...]
    total: Score
    dropped: tuple[str, ...] = ()
    name: str = ""
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    section: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roll:
    """A class in some exercises; `due` is the last minute of each in UTC, where there is one."""

    exercises: tuple[Exercise, ...]
    members: tuple[Member, ...]
    due: tuple[datetime | None, ...]
