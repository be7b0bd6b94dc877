"""Times and sizes as gradebook.yml writes them, a number with its unit; and back into such words.

What `time_text` and `size_text` write is read as the same value again.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import yaml

from grader.yamlfile import UnfitError, scalar, short

_QUANTITY = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?) {0,4}([A-Za-z]{0,12})")

_TIME_UNITS = {"ms": Fraction(1, 1000), "s": Fraction(1), "min": Fraction(60), "h": Fraction(3600)}
_SIZE_UNITS = {"KiB": Fraction(1 << 10), "MiB": Fraction(1 << 20), "GiB": Fraction(1 << 30)}
# A day is longer than any check; a tebibyte is more than any machine lends to one submission.
_MAX_TIME = Fraction(24 * 3600)
_MAX_SIZE = Fraction(1 << 40)

_DECIMALS = 9  # as many as are read


def time(node: yaml.Node, write: str) -> Fraction:
    """Read a time in seconds.

    Raises:
        UnfitError: it is none, or too long.
    """
    value = _quantity(node, write, _TIME_UNITS)
    if not 0 < value <= _MAX_TIME:
        raise UnfitError(node, f"is {node.value!r}; write a time above 0 s and up to 24 h")
    return value


def size(node: yaml.Node, write: str) -> Fraction:
    """Read a size in bytes.

    Raises:
        UnfitError: it is none, too small or too large, or no whole number of bytes.
    """
    value = _quantity(node, write, _SIZE_UNITS)
    if not 1 << 10 <= value <= _MAX_SIZE:
        raise UnfitError(node, f"is {node.value!r}; write a size from 1 KiB to 1024 GiB")
    if value.denominator != 1:
        raise UnfitError(node, f"is {node.value!r}, which is no whole number of bytes")
    return value


def _quantity(node: yaml.Node, write: str, units: Mapping[str, Fraction]) -> Fraction:
    """Read a number with its unit, in seconds or bytes."""
    text = scalar(node, write)
    match = _QUANTITY.fullmatch(text)
    if not match:
        raise UnfitError(node, f"is {short(text)!r}; write {write}")
    known = ", ".join(units)
    if not match[2]:
        raise UnfitError(node, f"is {text}, which has no unit ({known}); write {write}")
    if match[2] not in units:
        raise UnfitError(node, f"is {text!r}, and {match[2]!r} is no unit ({known}); write {write}")
    return Fraction(match[1]) * units[match[2]]


def time_text(seconds: float) -> str:
    """Write a time that was read: "20 s", and "0.0005 ms" where seconds had too many decimals."""
    # The shortest decimal that is this number, and so no longer than the one that was read.
    exact = Decimal(repr(seconds))
    exponent = exact.normalize().as_tuple().exponent
    is_long = isinstance(exponent, int) and exponent < -_DECIMALS
    return f"{_plain(exact * 1000)} ms" if is_long else f"{_plain(exact)} s"


def size_text(count: int) -> str:
    """Write a size that was read, in the largest unit of which it is a whole number, or in KiB."""
    for unit in ("GiB", "MiB"):
        whole, rest = divmod(count, int(_SIZE_UNITS[unit]))
        if not rest:
            return f"{whole} {unit}"
    return f"{_plain(Decimal(count) / 1024)} KiB"


def _plain(number: Decimal) -> str:
    """Write a decimal without an exponent and without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
