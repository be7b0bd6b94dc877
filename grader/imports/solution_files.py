"""The file that students hand in, in its two versions, from the code of a notebook.

It holds the cells with solutions, and of the teacher's own code what these need. What only tries
something out is left out: a notebook shows its result, a file would run it each time it is loaded.
"""

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.imports import blanks, scopes
from grader.imports.exercise import Left
from grader.imports.statements import Origin, Program, Statement, laid_out


@dataclass(frozen=True)
class Files:
    """Both texts, what is another thing than it was, and the indices of all statements in them."""

    reference: str
    stub: str
    left: tuple[Left, ...]
    used: frozenset[int]


def texts(
    program: Program, solutions: Mapping[int, str], places: Mapping[int, str], title: str
) -> Files:
    """Write reference and stub, and tell what is another thing than it was.

    Args:
        program: all statements of the notebook.
        solutions: the text of each cell with a solution, by number.
        places: what a cell is called, by number.
        title: the first line of both files.
    """
    left: list[Left] = []
    kept = _kept(program, places, left)
    by_cell: dict[int, list[Statement]] = {}
    for each in kept:
        by_cell.setdefault(each.cell, []).append(each)
    own = {each.cell for each in program.solution} | solutions.keys()
    references, stubs = [], []
    for cell in sorted({*by_cell, *own}):
        if cell in own:
            reference, stub = blanks.both(solutions[cell], set(_dropped(program, cell)))
            references.append(reference)
            stubs.append(stub)
        else:
            text = laid_out([each for each in by_cell[cell] if not each.is_import])
            references.append(text)
            stubs.append(text)
    head = _head(title, kept, program)
    used = {each.index for each in (*kept, *program.solution)}
    return Files(
        _joined([head, *references]), _joined([head, *stubs]), tuple(left), frozenset(used)
    )


def _joined(chunks: Sequence[str]) -> str:
    return "\n\n\n".join(chunk.strip("\n") for chunk in chunks if chunk.strip()) + "\n"


def _kept(program: Program, places: Mapping[int, str], left: list[Left]) -> list[Statement]:
    """Choose what of the teacher's code the file needs."""
    found = program.trace(program.solution, sees_hidden=False, sees_tests=False)
    kept = {each.index: each for each in found.taken}
    for each in program.statements:
        if each.origin is Origin.GIVEN and each.is_import and _is_usual(each.node):
            kept[each.index] = each
    drawing = [each for each in (*kept.values(), *program.solution) if not each.is_definition]
    if any(each.is_random for each in drawing):
        seeds = [each for each in program.statements if each.is_seed]
        kept |= {each.index: each for each in seeds if each.origin is Origin.GIVEN}
    if found.missing:
        told = ", ".join(sorted(found.missing)[:3])
        left.append(Left("the solutions", f"it uses {told}, which nothing in the notebook defines",
                         is_lost=False))  # fmt: skip
    if found.hidden:
        told = ", ".join(sorted(found.hidden)[:3])
        left.append(Left("the solutions", f"it uses {told}, which only a hidden test defines"))
    made = frozenset().union(*(each.uses.binds for each in program.solution))
    for each in kept.values():
        if not each.is_definition and each.uses.now & made:
            needs = ", ".join(sorted(each.uses.now & made)[:3])
            left.append(Left(f"{places[each.cell]}, line {each.line}", "it runs when the file is "
                             f"loaded, so nothing can be earned before {needs} is written",
                             is_lost=False))  # fmt: skip
    return [kept[index] for index in sorted(kept)]


def _is_usual(node: ast.stmt) -> bool:
    """Whether an import brings what is there wherever the grader is."""
    match node:
        case ast.Import(names=aliases):
            modules = [each.name for each in aliases]
        case ast.ImportFrom(module=str(module), level=0):
            modules = [module]
        case _:
            return False
    return all(each.partition(".")[0] in {"torch", *sys.stdlib_module_names} for each in modules)


def _dropped(program: Program, cell: int) -> Iterator[int]:
    """Number the lines of a solution's cell that only try something out, or stand at the top."""
    for each in program.solution:
        is_future = isinstance(each.node, ast.ImportFrom) and each.node.module == "__future__"
        if each.cell == cell and (is_future or _only_tries(each, program)):
            yield from range(each.line, each.last + 1)


def _only_tries(statement: Statement, program: Program) -> bool:
    """Whether a statement shows something and changes nothing."""
    match statement.node:
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.Expr(value=ast.Call(func=function)):
            if scopes.shows(function):
                return True
            root = scopes.root(function)
            is_of_module = root is not None and root.id in program.modules
            return not statement.uses.changes and not is_of_module
        case ast.Expr():
            return not statement.uses.changes
    return False


def _head(title: str, kept: Sequence[Statement], program: Program) -> str:
    """Write the file's docstring and its imports, each once."""
    imports = {ast.unparse(each.node): None for each in kept if each.is_import}
    own = {ast.unparse(each.node): None for each in program.solution if each.is_import}
    future = [line for line in {**imports, **own} if line.startswith("from __future__")]
    others = [line for line in imports if not line.startswith("from __future__")]
    words = " ".join(title.replace("\\", "/").replace('"', "'").split())
    return "\n\n".join(filter(None, [f'"""{words}"""', "\n".join(future), "\n".join(others)]))
