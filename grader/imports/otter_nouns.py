"""What an assignment of otter's says, whichever of its formats it was read from.

The formats are three: master notebooks of `otter assign`, notebooks and scripts with a folder of
test files, and notebooks that carry their tests in their metadata. All are read into these nouns,
and what is made of them is decided in one place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.imports.exercise import Left
from grader.imports.otter_markers import Split
from grader.imports.otter_points import Given


class Role(StrEnum):
    """Who wrote a piece of code, in the version that has everything."""

    GIVEN = "given"  # students get it as it stands
    SOLUTION = "solution"  # students get the stub
    BY_HAND = "by hand"  # a person grades it


@dataclass(frozen=True)
class Example:
    """One statement as typed into Python, and what is printed then; "" where nothing is."""

    code: str
    want: str
    is_loose: bool = False  # whether white space may differ


@dataclass(frozen=True)
class Case:
    """One test case: a dialogue with Python, or a function that raises where it is not passed.

    `name` is "" where otter would number it, `points` None where the file is silent. `examples`
    are empty where `function` is the code. `place` is file and cell or line, for messages.
    """

    name: str
    place: str
    examples: tuple[Example, ...] = ()
    function: str = ""
    is_hidden: bool = False
    points: Given = None
    on_success: str = ""
    on_failure: str = ""


@dataclass(frozen=True)
class Question:
    """One question: what it is worth together, and its cases in order.

    `points` is a total, one number for each case, or None. `helpers` is code of the test file that
    its cases use. `is_whole` says that only all cases together earn its points.
    """

    name: str
    place: str
    points: Given | Sequence[Given] = None
    is_manual: bool = False
    is_whole: bool = False
    cases: tuple[Case, ...] = ()
    helpers: str = ""


@dataclass(frozen=True)
class Piece:
    """A code cell, in both versions."""

    split: Split
    role: Role
    place: str


@dataclass(frozen=True)
class Assignment:
    """One assignment, in the order of the file.

    `texts` are its markdown cells, `left` what was met that has no place here.
    """

    name: str
    title: str
    texts: tuple[str, ...]
    pieces: tuple[Piece, ...]
    questions: tuple[Question, ...]
    left: tuple[Left, ...] = ()
