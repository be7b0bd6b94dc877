"""What nbgrader says of a cell: who writes it, who grades it, and what it is worth.

nbgrader keeps this in the cell's metadata, in one of four versions (0 to 3), of which each was
turned into the next by rules of its own; they are followed here. What breaks them is told, and a
cell of which nobody can say whether it holds a solution is left out, lest it reach the students.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from grader.imports.cells import Cell, Sheet
from grader.imports.exercise import Left

_VERSIONS = (0, 1, 2, 3)
_FLAGS = ("grade", "solution", "locked")
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_NUMBER = re.compile(r" *-?[0-9]{1,18}(?:\.[0-9]{0,18})?(?:e[+-]?[0-9]{1,2})? *", re.IGNORECASE)
_MOST = 100_000  # points, as in gradebook.yml


class Role(StrEnum):
    """Whose a cell is."""

    GIVEN = "given"
    SOLUTION = "solution"
    TESTS = "tests"
    MANUAL = "manually graded answer"
    TASK = "manually graded task"


@dataclass(frozen=True)
class Part:
    """One cell and its role. `id` is its grade_id, "" where it has none.

    `points` is what it is worth where it is graded; 0 where that cannot be said.
    """

    cell: Cell
    role: Role
    id: str
    points: Fraction
    place: str


def parts(sheet: Sheet) -> tuple[list[Part], list[Left]]:
    """Say of each cell of a notebook what nbgrader takes it for, and what of that cannot be."""
    left: list[Left] = []
    found = [part for cell in sheet.cells for part in _part(cell, sheet.name, left)]
    counts = Counter(part.id for part in found if part.id)
    for part in found:
        if counts[part.id] > 1:
            why = (f"the grade_id {part.id} is there {counts[part.id]} times, which nbgrader "
                   "refuses; look which is which")  # fmt: skip
            left.append(Left(part.place, why, is_lost=False))
            counts[part.id] = 0
    return found, left


def _part(cell: Cell, name: str, left: list[Left]) -> Iterator[Part]:
    place = f"{name}, cell {cell.number}"
    meta = cell.metadata.get("nbgrader")
    if meta is None:
        yield Part(cell, Role.GIVEN, "", Fraction(0), place)
        return
    if not isinstance(meta, dict):
        left.append(Left(place, "its nbgrader metadata is no map, so it was left out"))
        return
    version = meta.get("schema_version", 0)
    if type(version) is not int or version not in _VERSIONS:
        left.append(Left(place, f"its schema_version is {_shown(version)}, and 0 to 3 are known; "
                         "open it with nbgrader 0.6 or later and save it"))  # fmt: skip
        return
    flags = {key: meta.get(key, False if version == 0 else None) for key in _FLAGS}
    flags["task"] = meta.get("task", False)
    broken = [key for key, value in flags.items() if not isinstance(value, bool)]
    if broken:
        told = f"its {broken[0]} is {_shown(flags[broken[0]])}, and true or false is expected"
        left.append(Left(place, f"{told}; so it was left out"))
        return
    id_ = _id(meta, place, left, is_needed=any(flags.values()))
    place = f"{place} ({id_})" if id_ else place
    if meta.get("cell_type", cell.kind) != cell.kind:
        why = f"it was {_shown(meta['cell_type'])} when nbgrader saw it first, and is {cell.kind}"
        left.append(Left(place, why, is_lost=False))
    role = _role(cell, flags, place, left)
    if role is not None:
        is_graded = bool(flags["grade"]) or role is Role.TASK
        points = _points(meta, version, place, left) if is_graded else Fraction(0)
        yield Part(cell, role, id_, points, place)


def _role(cell: Cell, flags: Mapping[str, object], place: str, left: list[Left]) -> Role | None:
    """Find a cell's role by its kind and its flags; None where nbgrader knows no such cell."""
    key = (cell.kind, *(bool(flags[name]) for name in ("task", "grade", "solution")))
    match key:
        case _, False, False, False:
            return Role.GIVEN
        case "markdown", True, _, _:
            return Role.TASK
        case "markdown" | "code", False, True, True:
            return Role.MANUAL
        case "code", False, is_graded, _:
            return Role.TESTS if is_graded else Role.SOLUTION
    told = " and ".join(name for name in ("task", "grade", "solution") if flags[name])
    why = f"nbgrader has no {cell.kind[:20]} cell with {told} alone, so it was left out"
    left.append(Left(place, why))
    return None


def _id(meta: Mapping[str, object], place: str, left: list[Left], *, is_needed: bool) -> str:
    id_ = meta.get("grade_id", "")
    if isinstance(id_, str) and (_GRADE_ID.fullmatch(id_) or not (id_ or is_needed)):
        return id_
    left.append(Left(place, f"its grade_id is {_shown(id_)}, and letters, digits, _ and - are "
                     "expected; it has another name here", is_lost=False))  # fmt: skip
    return ""


def _points(meta: Mapping[str, object], version: int, place: str, left: list[Left]) -> Fraction:
    """Read what a graded cell is worth, as a multiple of a hundredth."""
    given = meta.get("points", 0 if version == 0 else None)
    # In the first version a form's text was kept.
    if version == 0 and given == "":
        given = 0
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    text = str(given) if is_number or (version == 0 and isinstance(given, str)) else ""
    if not _NUMBER.fullmatch(text):
        left.append(Left(place, f"its points are {_shown(given)}, and a number is expected"))
        return Fraction(0)
    points = Fraction(text.strip())
    if not 0 <= points <= _MOST:
        left.append(Left(place, f"its points are {_shown(given)}, and a number from 0 to {_MOST:,} "
                         "is expected"))  # fmt: skip
        return Fraction(0)
    rounded = Fraction(round(points * 100), 100)
    if rounded != points:
        left.append(Left(place, f"its {_shown(given)} points are {float(rounded):g} here: points "
                         "have at most two decimals", is_lost=False))  # fmt: skip
    return rounded


def _shown(value: object) -> str:
    text = repr(value) if value is not None else "missing"
    return text if len(text) <= 40 else f"{text[:39]}…"
