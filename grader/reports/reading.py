"""Reading the JSON of an attempt: a value is what its field demands, or it is refused.

Each function takes a value that JSON gave and the name of its field, for the sentence that says
what is there and what may stand there.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NoReturn, TypeGuard

from grader.errors import CourseError
from grader.records import SCHEMA, points_text

# As in attempt.schema.json; 16 characters are more points than any course gives.
_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]{1,2})?")
_DECIMAL_LENGTH = 16
_DIGEST = re.compile(r"[0-9a-f]{64}")


def parsed(text: str) -> object:
    """Parse the text, refusing what JSON does not know and what two readers could read apart."""
    try:
        value: object = json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise refusal(f"it is not JSON: {error}") from error
    return value


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {json.dumps(twice)} appears twice in one object")
    return dict(pairs)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def refusal(sentence: str) -> CourseError:
    """Put a refusal together, for its finder to raise."""
    return CourseError(f"not an attempt of schema {SCHEMA}: {sentence}")


def unexpected(value: object, expected: str, where: str) -> CourseError:
    """Name the field, the value seen (the first 60 characters of it) and what may stand there."""
    if isinstance(value, dict | list):
        seen = "an object" if isinstance(value, dict) else "a list"
    else:
        seen = json.dumps(value)
    shown = seen if len(seen) <= 60 else f"{seen[:60]}..."
    return refusal(f"{where} is {shown}; expected {expected}")


def agree(seen: object, expected: str | Fraction, where: str) -> None:
    """Refuse a value that the rest of the object contradicts."""
    if seen == expected:
        return
    if isinstance(seen, Fraction) and isinstance(expected, Fraction):
        seen, expected = points_text(seen), points_text(expected)
    raise unexpected(seen, json.dumps(expected), where)


def fields(
    value: object, where: str, keys: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, object]:
    """Read an object that has these fields, may have the optional ones, and has no others."""
    if not isinstance(value, dict):
        raise unexpected(value, "an object", where)
    missing = [key for key in keys if key not in value]
    if missing:
        raise refusal(f"{where} has no field {missing[0]}")
    known = [*keys, *optional]
    unknown = [key for key in value if key not in known]
    if unknown:
        raise refusal(
            f"{where} has a field {json.dumps(unknown[0])}; expected only {', '.join(known)}"
        )
    return value


def items(value: object, where: str) -> list[object]:
    """Read a list."""
    if not isinstance(value, list):
        raise unexpected(value, "a list", where)
    return value


def text(value: object, where: str) -> str:
    """Read a string."""
    if not isinstance(value, str):
        raise unexpected(value, "a string", where)
    return value


def text_or_null(value: object, where: str) -> str | None:
    """Read a string or null."""
    if value is not None and not isinstance(value, str):
        raise unexpected(value, "a string or null", where)
    return value


def one_of(value: object, names: Iterable[str], where: str) -> str:
    """Read one of some words."""
    words = list(names)
    if value not in words:
        raise unexpected(value, f"one of {', '.join(words)}", where)
    return text(value, where)


def digest(value: object, where: str) -> str:
    """Read a SHA-256 in hexadecimal."""
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise unexpected(value, "64 hexadecimal digits", where)
    return value


def points(value: object, where: str) -> Fraction:
    """Read points: a decimal with at most two places."""
    if not isinstance(value, str) or len(value) > _DECIMAL_LENGTH or not _DECIMAL.fullmatch(value):
        raise unexpected(value, 'a decimal string such as "2" or "0.25"', where)
    return Fraction(value)


def whole(value: object, where: str) -> int:
    """Read a whole number."""
    # To Python true is a number, to JSON it is not.
    if not isinstance(value, int) or isinstance(value, bool):
        raise unexpected(value, "a whole number", where)
    return value


def seconds(value: object, where: str) -> float:
    """Read a time."""
    if not _is_size(value):
        raise unexpected(value, "a number of seconds, 0 or more", where)
    return float(value)


def size_or_null(value: object, where: str) -> float | None:
    """Read a finite number from zero up, or null."""
    if value is None:
        return None
    if not _is_size(value):
        raise unexpected(value, "a number, 0 or more, or null", where)
    return float(value)


def _is_size(value: object) -> TypeGuard[int | float]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= sys.float_info.max  # type: ignore[operator]


def truth(value: object, where: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise unexpected(value, "true or false", where)
    return value
