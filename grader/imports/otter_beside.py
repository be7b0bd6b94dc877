"""Notebooks and scripts whose tests stand beside them: in a folder of test files, or in metadata.

This is what `otter assign` makes, and what was written before there was one. The autograder's
version still has the markers of solutions. Where there are none, what the tests ask for is taken
for the solution and is blanked in the stub; a version that is blank already has no reference.
"""

import ast
import os
import re
from collections.abc import Iterable, Mapping, Sequence

from grader.errors import CourseError
from grader.imports import blanks, names, otter_markers, otter_tests
from grader.imports import otter_checks as checks
from grader.imports import otter_python as python
from grader.imports.exercise import Left
from grader.imports.otter_cells import Cell, Kind
from grader.imports.otter_markers import Split
from grader.imports.otter_nouns import Assignment, Piece, Question, Role

_SOLUTION_TAGS = frozenset({"otter_assign_solution_cell", "otter_answer_cell"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

# What otter assign writes into a notebook around the questions.
_OTTERS = ("## Submission\n\nMake sure you have run all cells", "---\n\nTo double-check your work")

UNMARKED = (
    "nothing marks its solutions: what the tests ask for is blank in the stub, and all else stands "
    "there as it is"
)
NO_REFERENCE = "there is no solution in it, so the reference is the stub; write it in solutions/"


def in_metadata(otter: Mapping[str, object], label: str) -> list[Question]:
    """Read the tests that stand in a notebook's metadata.

    Raises:
        CourseError: they are not what otter reads either.
    """
    tests = otter.get("tests")
    found = []
    for name, spec in tests.items() if isinstance(tests, dict) else ():
        place = f"{label}, test {str(name)[:60]}"
        if isinstance(spec, dict):
            found.append(otter_tests.of_map(spec, place))
        elif isinstance(spec, str):
            found.append(otter_tests.read(spec, place))
        else:
            raise CourseError(f"{place}: it is neither a map nor a text; otter reads no other")
    return found


def read(cells: Sequence[Cell], questions: Sequence[Question], otter: Mapping[str, object],
         name: str) -> Assignment:  # fmt: skip
    """Read a notebook, or a script as one cell, with its tests.

    Args:
        cells: all of its cells.
        questions: what its tests ask.
        otter: what its metadata says.
        name: the file's, which begins every place in it.

    Raises:
        CourseError: a cell is no Python.
    """
    shown = (_COMMENT.sub("", cell.text).strip() for cell in cells if cell.kind is Kind.TEXT)
    texts = [text for text in shown if text and not text.startswith(_OTTERS)]
    left: list[Left] = []
    splits: list[tuple[Cell, Split]] = []
    for cell in cells:
        if cell.kind is Kind.CODE and cell.text.strip():
            split = otter_markers.split(cell.text, name, cell.place)
            left += [Left(cell.place, f"{note} is left out") for note in split.notes]
            splits.append((cell, split))
    is_marked = any(split.is_marked for _, split in splits)
    wanted = checks.asked(questions)
    if not is_marked and not _is_blank(split for _, split in splits):
        splits = [(cell, _blanked(cell, split, wanted)) for cell, split in splits]
        left.append(Left(name, UNMARKED, is_lost=False))
    elif not is_marked:
        left.append(Left(name, NO_REFERENCE))
        splits = [(cell, _opened(split, name)) for cell, split in splits]
    pieces = [Piece(split, _role(cell, split, wanted), cell.place) for cell, split in splits]
    known = otter.get("assignment_name")
    title = known if isinstance(known, str) and known.strip() else _heading(texts)
    return Assignment(
        name=name,
        title=title or os.path.splitext(name)[0],
        texts=tuple(texts),
        pieces=tuple(pieces),
        questions=tuple(questions),
        left=tuple(left),
    )


def _heading(texts: Iterable[str]) -> str:
    lines = (line for text in texts for line in text.split("\n"))
    return next((line.lstrip("# ").rstrip() for line in lines if re.match(r"#+ \S", line)), "")


def _role(cell: Cell, split: Split, wanted: frozenset[str]) -> Role:
    """Tell whose a cell is; where nothing marks it, students write what the tests ask for."""
    is_answer = split.is_marked or bool(cell.tags & _SOLUTION_TAGS) or _binds(split, wanted)
    return Role.SOLUTION if is_answer else Role.GIVEN


def _binds(split: Split, wanted: frozenset[str]) -> bool:
    tree = python.parse(split.reference, "the cell")
    return any(names.uses(node).binds & wanted for node in tree.body
               if not isinstance(node, ast.Import | ast.ImportFrom))  # fmt: skip


def _blanked(cell: Cell, split: Split, wanted: frozenset[str]) -> Split:
    """Blank those statements of a cell without markers that give what the tests ask for."""
    rows = split.reference.split("\n")
    tree = python.parse(split.reference, cell.place)
    is_changed = False
    for node in reversed(tree.body):
        binds = names.uses(node).binds
        if isinstance(node, ast.Import | ast.ImportFrom) or not binds & wanted:
            continue
        is_changed = True
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        blank = "\n".join(f"{name} = {otter_markers.PROMPT}" for name in sorted(binds))
        if isinstance(node, _DEFINITIONS):
            blank = ast.unparse(blanks.stubbed(node))
        rows[first - 1 : node.end_lineno] = blank.split("\n")
    return Split(split.reference, "\n".join(rows), is_changed) if is_changed else split


def _opened(split: Split, name: str) -> Split:
    """Let what students have to write raise, in the only version that there is."""
    text = otter_markers.raising(split.stub, name)
    return Split(text, text, split.is_marked, split.notes)


def _is_blank(splits: Iterable[Split]) -> bool:
    """Whether code is what students begin with: a value or a body is `...`."""
    for split in splits:
        for node in ast.walk(python.parse(split.stub, "the cell")):
            match node:
                case ast.Assign(value=ast.Constant(value=value)) if value is ...:
                    return True
                case ast.FunctionDef(body=[*_, ast.Expr(value=ast.Constant(value=value))]) if (
                    value is ...
                ):
                    return True
    return False
