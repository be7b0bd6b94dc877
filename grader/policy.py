"""When an exercise is due, what lateness costs, which submission counts: arithmetic only.

What gradebook.yml says about them in words is read here, and applied from the time at which a
submission was handed in, never from the clock of a grading. Shares of points are exact fractions;
`rounded` is the one place where a score loses digits, and is asked once, at the end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ZONE = re.compile(r"[A-Za-z_]{1,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")
_DUE = re.compile(
    rf"(20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}})(?: ([0-9]{{2}}:[0-9]{{2}}))?(?: ({_ZONE.pattern}))?"
)
_RULES = {
    "rate": re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?% (?:a|an|per) (hour|day|week)"),
    "most": re.compile(r"([0-9]{1,3}) (hour|day|week)s? at most"),
    "grace": re.compile(r"([0-9]{1,4}) ?(min|h|hours?|days?) grace"),
    "refused": re.compile(r"not accepted"),
}

# A date without a zone lasts until it has ended everywhere: that is never earlier than meant.
_LAST_ZONE = timezone(timedelta(hours=-12), "UTC-12")
_MINUTE = timedelta(minutes=1)
_DAYS = {"day": 1, "week": 7}
# Later than this is not told apart; a clock that a student set to the year 9999 overflows nothing.
_LATEST = timedelta(days=3650)


class Counts(StrEnum):
    """Which of a student's submissions counts."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"


@dataclass(frozen=True)
class Due:
    """The last minute in which an exercise may be handed in; all of that minute is in time.

    `minute` is the time on the wall of `zone`, without a zone of its own; `text` is as written.
    """

    text: str
    minute: datetime
    zone: tzinfo

    def end(self, later: int = 0, unit: str = "day") -> datetime:
        """Give the first moment after it, in UTC; `later` hours, days or weeks later.

        Days and weeks end at the same time on the wall, so that one of them can last 23 or 25
        hours. A time that the clock shows twice is the second one.
        """
        if unit == "hour":
            return self.end() + timedelta(hours=later)
        wall = self.minute + timedelta(days=later * _DAYS[unit])
        return max(wall.replace(tzinfo=self.zone, fold=f).astimezone(UTC) for f in (0, 1)) + _MINUTE


@dataclass(frozen=True)
class Late:
    """What lateness costs: `rate` of the score for each `unit` that has begun, after `grace`.

    `most` is the time, as (3, "day"), after which a submission earns nothing; None is no end.
    """

    rate: Fraction = Fraction(0)
    unit: str = "day"
    most: tuple[int, str] | None = None
    grace: timedelta = timedelta(0)


@dataclass(frozen=True)
class Lateness:
    """How late a submission was, and what it keeps of its score.

    `begun` counts the units that had begun: 0 is in time. `kept` is from 0 to 1. `end` is when it
    was due, grace included; None where nothing was due or the time of handing in is not known.
    """

    begun: int = 0
    unit: str = "day"
    kept: Fraction = Fraction(1)
    end: datetime | None = None

    def __str__(self) -> str:
        """Say it: "2 days late, 20 % off"; "" in time."""
        if not self.begun:
            return ""
        late = f"{self.begun} {self.unit}{'s' * (self.begun > 1)} late"
        off = (1 - self.kept) * 100
        if off == 0:
            return late
        return f"{late}, {float(off):g} % off" if off < 100 else f"{late}, too late to count"


@dataclass(frozen=True)
class Candidate:
    """One submission that may count: what it earned, lateness included, when and in which order."""

    earned: Fraction
    possible: Fraction
    submitted_at: datetime | None
    order: int
    is_decided: bool = field(default=True)

    @property
    def share(self) -> Fraction:
        """Points earned of points possible, from 0 to 1."""
        return share(self.earned, self.possible)


@lru_cache(1024)
def read_due(text: str) -> Due:
    """Read "2026-10-12", "2026-10-12 Europe/Berlin" or "2026-10-12 23:59 Europe/Berlin".

    A date alone ends with the day: in its zone, or without one when it is over everywhere.

    Raises:
        ValueError: it is none of these, or there is no such time or zone.
    """
    match = _DUE.fullmatch(text)
    if not match or (match[2] and not match[3]):
        raise ValueError(f"{text!r} is no date, nor a date with a time and a zone")
    minute = datetime.fromisoformat(f"{match[1]} {match[2] or '23:59'}")
    return Due(text, minute, read_zone(match[3]) if match[3] else _LAST_ZONE)


def read_zone(name: str) -> tzinfo:
    """Read the name of a time zone, as "Europe/Berlin" or "UTC".

    Raises:
        ValueError: there is no such zone.
    """
    try:
        if _ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:  # A folder of zones, as "Europe", is opened.
        raise ValueError(f"{name!r} is no time zone") from error
    raise ValueError(f"{name!r} is no name of a time zone")


def with_zone(text: str, zone: str | None) -> str:
    """Add the zone of the course to a due time that names none; what is no due time stays."""
    match = _DUE.fullmatch(text)
    return f"{text} {zone}" if zone and match and not match[3] else text


def zone_of(text: str | None) -> str | None:
    """Tell which zone a due time names; None where it names none, or there is none."""
    match = _DUE.fullmatch(text) if text else None
    return match[3] if match else None


@lru_cache(1024)
def read_late(text: str) -> Late:
    """Read "10 % a day, 3 days at most, 15 min grace", or any part of it; or "not accepted".

    Raises:
        ValueError: a part is something else, stands twice or contradicts another.
    """
    found: dict[str, re.Match[str]] = {}
    for part in re.split(", ?", text):
        matches = ((name, pattern.fullmatch(part)) for name, pattern in _RULES.items())
        name, match = next(((name, match) for name, match in matches if match), ("", None))
        if match is None:
            raise ValueError(f"{part!r} is no rule about lateness")
        if name in found:
            raise ValueError(f"{part!r} is a second rule of its kind")
        found[name] = match
    if "refused" in found and ("rate" in found or "most" in found):
        raise ValueError("what is not accepted leaves nothing to take off")
    rate, most, grace = (found.get(name) for name in ("rate", "most", "grace"))
    last = (int(most[1]), most[2]) if most else None
    late = Late(
        rate=Fraction(rate[1]) / 100 if rate else Fraction(0),
        unit=rate[2] if rate else "day",
        most=(0, "day") if "refused" in found else last,
        grace=_grace(grace) if grace else timedelta(0),
    )
    if late.rate > 1:
        raise ValueError(f"{text!r} takes more than everything")
    return late


def _grace(match: re.Match[str]) -> timedelta:
    minutes = {"m": 1, "h": 60, "d": 24 * 60}[match[2][0]]
    return timedelta(minutes=int(match[1]) * minutes)


def lateness(
    due: Due | None, late: Late, submitted_at: datetime | None, extended: Due | None = None
) -> Lateness:
    """Say how late a submission was; of two due times the later one counts.

    The grace is added to the due time, so that everything is counted from there. Each day that has
    begun counts whole. What has no due time, or was handed in at an unknown time, is not late.

    Args:
        due: when the exercise was due; None is never.
        late: what lateness costs.
        submitted_at: when it was handed in, with a time zone; None is not known.
        extended: until when this student had time.
    """
    if due is None or submitted_at is None:
        return Lateness()
    if extended is not None and extended.end() > due.end():
        due = extended
    end = due.end() + late.grace
    if submitted_at < end:
        return Lateness(end=end)
    moment = min(submitted_at, end + _LATEST) - late.grace
    begun = _begun(due, late.unit, moment)
    kept = max(1 - late.rate * begun, Fraction(0))
    if late.most is not None and moment >= due.end(*late.most):
        kept = Fraction(0)
    return Lateness(begun, late.unit, kept, end)


def _begun(due: Due, unit: str, moment: datetime) -> int:
    """Count the hours, days or weeks that had begun after `due` at a moment that is after it."""
    days = timedelta(hours=1) if unit == "hour" else timedelta(days=_DAYS[unit])
    # A guess that clocks put forward or back can make wrong by one.
    begun = max((moment - due.end()) // days, 1)
    while begun > 1 and moment < due.end(begun - 1, unit):
        begun -= 1
    while moment >= due.end(begun, unit):
        begun += 1
    return begun


def pick(candidates: Sequence[Candidate], counts: Counts) -> int:
    """Choose the submission that counts; its index.

    Best is the greatest share of what was possible, and of equal ones the first. An undecided one
    is never the best of several. First and last are by the time of handing in, and where that is
    the same or not known, by the order in which they were taken in.

    Raises:
        ValueError: there is none.
    """
    indices = range(len(candidates))
    if len(candidates) == 1:
        return 0
    if counts is Counts.BEST:
        return max(indices, key=lambda i: (candidates[i].is_decided, candidates[i].share, -i))

    def place(index: int) -> tuple[datetime, int]:
        one = candidates[index]
        return one.submitted_at or datetime.min.replace(tzinfo=UTC), one.order

    return (max if counts is Counts.LAST else min)(indices, key=place)


def is_open(candidates: Sequence[Candidate], counts: Counts) -> bool:
    """Whether the choice could turn out otherwise once what is undecided has been graded."""
    if counts is Counts.BEST:
        return any(not each.is_decided for each in candidates)
    return bool(candidates) and not candidates[pick(candidates, counts)].is_decided


def dropped(scores: Sequence[tuple[Fraction, Fraction]], count: int) -> frozenset[int]:
    """Choose the exercises that a course does not count: those with the lowest shares.

    Args:
        scores: earned and possible points of each exercise.
        count: how many to drop; one is always left.

    Returns:
        Their indices. Of equal shares the one with more points goes, which helps more.
    """
    if not count:
        return frozenset()
    order = sorted(range(len(scores)), key=lambda i: (share(*scores[i]), -scores[i][1]))
    return frozenset(order[: max(min(count, len(scores) - 1), 0)])


def share(earned: Fraction, possible: Fraction) -> Fraction:
    """Give the part of the possible points that was earned; 0 where nothing was possible."""
    return earned / possible if possible else Fraction(0)


def rounded(points: Fraction) -> Fraction:
    """Round points that are 0 or more to two places, half up."""
    if 100 % points.denominator == 0:
        return points
    return Fraction(int(points * 100 + Fraction(1, 2)), 100)
