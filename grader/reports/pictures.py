"""Reading the picture of an evidence from the JSON of an attempt.

Every bound that the records promise is held here as well: what draws a picture counts on it.
"""

import sys
from typing import TypeGuard

from grader.errors import Chain, Curves, Flow, HeatMap, Picture
from grader.reports import reading

MOST_POINTS, MOST_CELLS, MOST_NAMES, MOST_OPERATIONS = 32, 24, 24, 16
MOST_LEVEL = 4
_MOST_DIMENSIONS = 64

_KINDS = ("curves", "heat_map", "flow", "chain")
_FIELDS = {
    "curves": ["at", "got", "wanted", "kind"],
    "heat_map": ["shape", "rows", "columns", "cells", "is_graded", "kind"],
    "flow": ["of", "names", "got", "wanted", "more", "kind"],
    "chain": ["operations", "cut", "ends", "kind"],
}


def read(value: object, where: str) -> Picture:
    """Read a picture as `dataclasses.asdict` wrote it.

    Raises:
        CourseError: it is none, or exceeds a bound.
    """
    if not isinstance(value, dict) or "kind" not in value:
        raise reading.unexpected(value, "a picture: an object with a kind", where)
    kind = reading.one_of(value["kind"], _KINDS, f"{where}.kind")
    fields = reading.fields(value, where, _FIELDS[kind])
    match kind:
        case "curves":
            return _curves(fields, where)
        case "heat_map":
            return _heat_map(fields, where)
        case "flow":
            return _flow(fields, where)
    operations = _texts(fields["operations"], f"{where}.operations", MOST_OPERATIONS)
    cut = fields["cut"]
    if cut is not None:
        cut = _between(cut, 0, len(operations) - 1, f"{where}.cut")
    return Chain(operations, cut, _texts(fields["ends"], f"{where}.ends", MOST_NAMES))


def _curves(fields: dict[str, object], where: str) -> Curves:
    at = tuple(
        reading.whole(step, f"{where}.at")
        for step in _some(fields["at"], f"{where}.at", 1, MOST_POINTS)
    )
    if list(at) != sorted(set(at)) or at[0] < 0:
        raise reading.unexpected(fields["at"], "steps from 0 up, rising", f"{where}.at")
    got = _numbers(fields["got"], f"{where}.got", len(at))
    return Curves(at, got, _numbers_or_none(fields["wanted"], f"{where}.wanted", len(at)))


def _heat_map(fields: dict[str, object], where: str) -> HeatMap:
    place = f"{where}.cells"
    rows = [reading.items(row, place) for row in _some(fields["cells"], place, 1, MOST_CELLS)]
    wide = len(rows[0])
    if not 1 <= wide <= MOST_CELLS or any(len(row) != wide for row in rows):
        raise reading.unexpected(
            fields["cells"], f"rows of equally many cells, 1 to {MOST_CELLS}", place
        )
    cells = tuple(tuple(_between(cell, 0, MOST_LEVEL, place) for cell in row) for row in rows)
    shape = _some(fields["shape"], f"{where}.shape", 0, _MOST_DIMENSIONS)
    return HeatMap(
        tuple(reading.whole(size, f"{where}.shape") for size in shape),
        _between(fields["rows"], len(rows), None, f"{where}.rows"),
        _between(fields["columns"], wide, None, f"{where}.columns"),
        cells,
        reading.truth(fields["is_graded"], f"{where}.is_graded"),
    )


def _flow(fields: dict[str, object], where: str) -> Flow:
    names = _texts(fields["names"], f"{where}.names", MOST_NAMES, least=1)
    return Flow(
        reading.one_of(fields["of"], ("gradient", "step"), f"{where}.of"),
        names,
        _numbers(fields["got"], f"{where}.got", len(names)),
        _numbers_or_none(fields["wanted"], f"{where}.wanted", len(names)),
        _between(fields["more"], 0, None, f"{where}.more"),
    )


def _some(value: object, where: str, least: int, most: int) -> list[object]:
    found = reading.items(value, where)
    if not least <= len(found) <= most:
        raise reading.unexpected(value, f"a list of {least} to {most}", where)
    return found


def _texts(value: object, where: str, most: int, least: int = 0) -> tuple[str, ...]:
    return tuple(reading.text(text, where) for text in _some(value, where, least, most))


def _numbers_or_none(value: object, where: str, count: int) -> tuple[float | None, ...]:
    """Read as many numbers as there have to be, or no numbers at all."""
    return () if value == [] else _numbers(value, where, count)


def _numbers(value: object, where: str, count: int) -> tuple[float | None, ...]:
    found: list[float | None] = []
    for number in _some(value, where, count, count):
        if number is not None and not _is_finite(number):
            raise reading.unexpected(number, "a number or null", where)
        found.append(None if number is None else float(number))
    return tuple(found)


def _is_finite(value: object) -> TypeGuard[int | float]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= sys.float_info.max  # type: ignore[arg-type]


def _between(value: object, least: int, most: int | None, where: str) -> int:
    number = reading.whole(value, where)
    if number < least or (most is not None and number > most):
        bounds = f"{least} or more" if most is None else f"from {least} to {most}"
        raise reading.unexpected(value, f"a whole number, {bounds}", where)
    return number
