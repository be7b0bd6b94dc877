"""The cells of a notebook as otter reads them: with their tags, and with what is printed below.

Lines for Jupyter alone are gone from the code where nothing depends on them, and told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from grader.errors import CourseError
from grader.imports import cells
from grader.imports.exercise import Left


class Kind(StrEnum):
    """What a cell is."""

    CODE = "code"
    TEXT = "markdown"
    RAW = "raw"


@dataclass(frozen=True)
class Cell:
    """One cell. `place` is file and cell, counted from 1; `output` is what is printed below it."""

    kind: Kind
    text: str
    place: str
    tags: frozenset[str] = frozenset()
    output: str = ""


@dataclass(frozen=True)
class Notebook:
    """One notebook: its cells, what its metadata says of otter, and what was left out."""

    cells: tuple[Cell, ...]
    otter: Mapping[str, object]
    left: tuple[Left, ...] = ()


def of(sheet: cells.Sheet) -> Notebook:
    """Read the cells of a notebook.

    Raises:
        CourseError: it is not in Python.
    """
    if sheet.language not in ("python", "ipython", "python3"):
        raise CourseError(f"{sheet.name}: its language is {sheet.language[:40]}; exercises are in "
                          "Python")  # fmt: skip
    found: list[Cell] = []
    left: list[Left] = []
    for cell in sheet.cells:
        place = f"{sheet.name}, cell {cell.number}"
        left += [Left(place, note, is_lost=False) for note in cell.commands]
        if cell.kind in tuple(Kind):
            text = _without_commands(cell.text) if cell.commands else cell.text
            found.append(Cell(Kind(cell.kind), text, place, _tags(cell.metadata), cell.output))
    otter = sheet.metadata.get("otter")
    return Notebook(tuple(found), otter if isinstance(otter, dict) else {}, tuple(left))


def _without_commands(text: str) -> str:
    """Drop the comments that stand in place of commands."""
    return "\n".join(row for row in text.split("\n") if not row.startswith(("# %", "# !", "# ?")))


def _tags(metadata: Mapping[str, object]) -> frozenset[str]:
    tags = metadata.get("tags")
    return frozenset(tag for tag in (tags if isinstance(tags, list) else ())
                     if isinstance(tag, str))  # fmt: skip
