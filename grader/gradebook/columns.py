"""Kinds of columns that mean the same on SQLite and on PostgreSQL.

Points are whole hundredths, times are UTC, and any Python string comes back as it was.
"""

import re
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# What a text of PostgreSQL cannot hold (NUL) and UTF-8 does not know (half of a surrogate pair, as
# in names of files that are no text), and the sign that escapes them, which nobody types.
_SIGN = "\N{SYMBOL FOR ESCAPE}"
_BAD = re.compile(f"[\0\ud800-\udfff{_SIGN}]")
_ESCAPED = re.compile(f"{_SIGN}([0-9a-f]{{4}})")


class Words(TypeDecorator[str]):
    """Text of any characters; as it is, but for a few that no database takes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what cannot be stored."""
        return value and _BAD.sub(lambda found: f"{_SIGN}{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Give back what was escaped."""
        return value and _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


class Whole(TypeDecorator[int]):
    """A whole number of any size, as decimal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        """Write the number."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> int | None:
        """Read the number."""
        return None if value is None else int(value)


class Points(TypeDecorator[Fraction]):
    """Points, as whole hundredths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> int | None:
        """Write points.

        Raises:
            ValueError: they need more than two decimal places.
        """
        if value is None:
            return None
        if (value * 100).denominator != 1:
            raise ValueError(f"{value} points need more than two decimal places")
        return int(value * 100)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Fraction | None:
        """Read points."""
        return None if value is None else _points(value)


@lru_cache(10_000)
def _points(hundredths: int) -> Fraction:
    """Make points; a class has few different ones, and a fraction is slow to make."""
    return Fraction(hundredths, 100)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond, as text that sorts by time."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write a moment.

        Raises:
            ValueError: it names no time zone.
        """
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value} names no time zone")
        there = value.astimezone(UTC).replace(tzinfo=None)
        return there.isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read a moment."""
        return None if value is None else datetime.fromisoformat(value)
