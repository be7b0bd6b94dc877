"""A cell with a solution in it becomes two texts: the reference, and the stub that students get.

nbgrader marks what is to be taken out by lines that hold BEGIN SOLUTION and END SOLUTION; where a
solution's cell has no such lines, all of it is the solution. What takes its place depends on where
it stands. In a function the stub raises NotImplementedError, as the stubs of a course do. At the
top of a file that would keep everything below from being executed, so a name that the solution
gives a value is given `...`, and a function or class keeps its signature and its docstring, on
which stub and reference have to agree.
"""

import ast
import copy
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

HERE = "# YOUR CODE HERE"

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scoped = (_Function | ast.ClassDef | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp
           | ast.GeneratorExp)  # fmt: skip
# As a person would write it, and not as Python's own printer does.
_RAISE = re.compile(r"(?m)^( *raise NotImplementedError\()'([\w.]+)'(\))$")
_BEGIN, _END = "BEGIN {}", "END {}"


class MarkerError(Exception):
    """A region is not closed, or opened twice: the line, from 1, and what is wrong there."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class Region:
    """Lines from one marker to the other, both included, counted from 1."""

    first: int
    last: int

    def holds(self, line: int) -> bool:
        """Whether a line is in it."""
        return self.first <= line <= self.last


def regions(text: str, what: str) -> list[Region]:
    """Find what stands between lines with BEGIN and END of something, as nbgrader finds it.

    Args:
        text: of a cell.
        what: SOLUTION, HIDDEN TESTS or MARK SCHEME.

    Raises:
        MarkerError: one begins inside another, or does not end.
    """
    begin, end = _BEGIN.format(what), _END.format(what)
    found: list[Region] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if begin in line:
            if start:
                raise MarkerError(number, f"{begin} stands inside another one")
            start = number
        elif end in line and start:
            found.append(Region(start, number))
            start = 0
    if start:
        raise MarkerError(start, f"{begin} has no {end} after it")
    return found


def without(text: str, taken: Sequence[Region]) -> str:
    """Take regions out of a text."""
    lines = enumerate(text.split("\n"), 1)
    return "\n".join(line for number, line in lines if not any(r.holds(number) for r in taken))


def emptied(text: str, taken: Sequence[Region], *, keeps_inside: bool = False) -> str:
    """Empty the lines of regions, or all others and the markers; every line keeps its number."""
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        around = any(region.holds(number) for region in taken)
        is_inside = any(region.first < number < region.last for region in taken)
        lines.append(line if (is_inside if keeps_inside else not around) else "")
    return "\n".join(lines)


def both(text: str, dropped: Collection[int] = ()) -> tuple[str, str]:
    """Make reference and stub of a cell that holds a solution.

    Args:
        text: all of the cell.
        dropped: numbers of lines, from 1, that are in neither.

    Raises:
        MarkerError: the markers do not fit together.
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python.
    """
    tree = ast.parse(text)
    found = regions(text, "SOLUTION")
    lines = text.split("\n")
    if not found:
        reference = [line for number, line in enumerate(lines, 1) if number not in dropped]
        kept = [node for node in tree.body if node.lineno not in dropped]
        return _joined(reference), _joined(_in_place_of(kept, True))
    reference, stub = [], []
    for number, line in enumerate(lines, 1):
        around = next((region for region in found if region.holds(number)), None)
        if around is None or number not in (around.first, around.last):
            reference += [] if number in dropped else [line]
        if around is None:
            stub += [] if number in dropped else [line]
        elif number == around.first:
            indent = line[: len(line) - len(line.lstrip())]
            stub += [indent + each if each else "" for each in _blank(tree, around, lines)]
    if not _is_python("\n".join(stub)):
        stub = _in_place_of([node for node in tree.body if node.lineno not in dropped], True)
    return _joined(reference), _joined(stub)


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _joined(lines: Sequence[str]) -> str:
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def _blank(tree: ast.Module, region: Region, lines: Sequence[str]) -> list[str]:
    """Write what stands in a region's place, at the left margin."""
    scope = _scope(tree, region)
    if isinstance(scope, _Function):
        return [HERE, _raise(scope.name)]
    inside = _inside(scope, region)
    made = _in_place_of(inside, False)
    is_block = lines[region.first - 1][:1].isspace() and not isinstance(scope, ast.ClassDef)
    # A block, of a loop or of a class, may hold nothing else.
    return [*made, "pass"] if is_block or (made == [HERE] and scope is not tree) else made


def _scope(tree: ast.Module, region: Region) -> ast.AST:
    """Find the innermost function or class that a region stands in, or the module."""
    found: ast.AST = tree
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        for child in ast.iter_child_nodes(node):
            end = getattr(child, "end_lineno", None)
            start = getattr(child, "lineno", None)
            if start is None or end is None:
                continue
            # The closing marker is a comment, which may stand behind the last line of a function.
            if isinstance(child, _Function | ast.ClassDef) and start < region.first <= end:
                found = child
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                waiting.append(child)
    return found


def _inside(scope: ast.AST, region: Region) -> list[ast.stmt]:
    """List the outermost statements of a scope that stand in a region."""
    found: list[ast.stmt] = []
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.stmt) and region.holds(node.lineno):
            found.append(node)
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            waiting += ast.iter_child_nodes(node)
    return found


def _in_place_of(nodes: Sequence[ast.stmt], keeps_imports: bool) -> list[str]:
    """Write stubs of statements: signatures, and names without a value."""
    imports: list[str] = []
    found: list[str] = []
    names: dict[str, None] = {}
    for node in nodes:
        if isinstance(node, _Function | ast.ClassDef):
            found += ["", "", *_RAISE.sub(r'\1"\2"\3', ast.unparse(stubbed(node))).split("\n")]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imports += [ast.unparse(node)] if keeps_imports else []
        else:
            for each in _stored(node):
                names[each] = None
    blanks = [f"{name} = ..." for name in names]
    return [*imports, HERE, *blanks, *(found if blanks else found[2:])]


def _stored(node: ast.stmt) -> list[str]:
    """Name what a statement gives a value, in the order of the text."""
    found: list[ast.Name] = []
    waiting: list[ast.AST] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            found.append(each)
        if not isinstance(each, _Scoped):
            waiting += ast.iter_child_nodes(each)
    return [each.id for each in sorted(found, key=lambda name: (name.lineno, name.col_offset))]


def stubbed(node: ast.stmt, within: str = "") -> ast.stmt:
    """Copy a function or a class without what it does: signatures and docstrings stay."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            body = [*_told(node.body), *ast.parse(_raise(within + node.name)).body]
            return _copied(node, body)
        case ast.ClassDef():
            kept: list[ast.stmt] = _told(node.body)
            for each in node.body[len(kept) :]:
                if isinstance(each, _Function | ast.ClassDef):
                    kept.append(stubbed(each, f"{within}{node.name}."))
                elif not isinstance(each, ast.Import | ast.ImportFrom):
                    kept += ast.parse("\n".join(f"{name} = ..." for name in _stored(each))).body
            return _copied(node, kept or [ast.Pass()])
    return node


def _copied(node: _Function | ast.ClassDef, body: list[ast.stmt]) -> ast.stmt:
    made = copy.copy(node)
    made.body = body
    return made


def _told(body: list[ast.stmt]) -> list[ast.stmt]:
    """Give the docstring that a body begins with."""
    match body[:1]:
        case [ast.Expr(value=ast.Constant(value=str()))]:
            return body[:1]
    return []


def _raise(name: str) -> str:
    return f'raise NotImplementedError("{name}")'
