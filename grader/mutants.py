"""Mutants of a reference: small changes to its syntax tree, each a wrong answer to be caught.

A check that no mutant fails may be a check that looks at nothing. Each mutant makes one change of a
kind that students make: an operator, an axis, a line left out, a detach() too many. Some changes
make no difference to what was asked for; those a teacher declares in `equivalent.yml`, by id. So an
id is made of what was changed and how, never of a line number: it lasts while other lines change.

What may become of one expression stands in `grader.changes`; here are the walk through a file, the
changes of whole lines, and the writing of each mutant.
"""

import ast
import copy
import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader import changes

LONGEST = 60  # characters of each side in an id

# What a change replaces by what: nodes, or the statements of a block.
Part = ast.AST | list[ast.stmt]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Mutant:
    """One changed file.

    `id` names the function, the kind of change, and the text before and after. `text` is the whole
    file, `diff` a unified diff of it, both written from syntax trees: comments are gone.
    """

    id: str
    kind: str
    function: str
    text: str
    diff: str


@dataclass(frozen=True)
class _Change:
    kind: str
    before: str
    after: str
    target: Part
    new: Part


def mutants(source: str) -> tuple[Mutant, ...]:
    """List all mutants of a file, in the order of the file; no two have the same text.

    Args:
        source: Python that parses.
    """
    tree = ast.parse(source)
    original = ast.unparse(tree) + "\n"
    seen, taken, found = {original}, dict[str, int](), []
    for name, function in _functions(tree):
        for change in _changes(function, _imported(tree)):
            # A copy of the tree in which the target's place is already taken by what replaces it.
            twin = copy.deepcopy(tree, {id(change.target): change.new})
            text = ast.unparse(ast.fix_missing_locations(twin)) + "\n"
            if text in seen or not _compiles(text):
                continue
            seen.add(text)
            id_ = f"{name}: {change.kind}: {change.before} -> {change.after}"
            taken[id_] = taken.get(id_, 0) + 1
            again = f" ({taken[id_]})" if taken[id_] > 1 else ""
            found.append(Mutant(id_ + again, change.kind, name, text, _diff(original, text)))
    return tuple(found)


def choose(found: Sequence[Mutant], most: int, always: Collection[str] = ()) -> tuple[Mutant, ...]:
    """Choose at most `most` mutants, in their order: every kind of every function in turn.

    Args:
        found: the mutants to choose from.
        most: how many to take, besides those in `always`.
        always: ids that are taken in any case.
    """
    groups: dict[tuple[str, str], list[Mutant]] = {}
    for mutant in found:
        groups.setdefault((mutant.function, mutant.kind), []).append(mutant)
    depth = max(map(len, groups.values()), default=0)
    in_turn = [group[i] for i in range(depth) for group in groups.values() if i < len(group)]
    taken = {mutant.id for mutant in in_turn[:most]} | set(always)
    return tuple(mutant for mutant in found if mutant.id in taken)


def _compiles(text: str) -> bool:
    try:
        compile(text, "<mutant>", "exec", dont_inherit=True)
    except SyntaxError:  # A return within a generator, a break that left its loop.
        return False
    return True


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "reference", "mutant", lineterm="", n=1
    )
    return "\n".join(lines)


# The walk


def _functions(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Name the functions of a file and the methods of its classes; inner ones belong to theirs."""
    for statement in tree.body:
        if isinstance(statement, Function):
            yield prefix + statement.name, statement
        elif isinstance(statement, ast.ClassDef):
            yield from _functions(statement, f"{prefix}{statement.name}.")


def _imported(tree: ast.Module) -> frozenset[str]:
    """Name what a file imports: a call of one of those is no method of a value."""
    return frozenset(
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


def _changes(function: Function, imported: frozenset[str]) -> Iterator[_Change]:
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    for default in (*function.args.defaults, *function.args.kw_defaults):
        if default is not None:
            yield from _of_expression(default, imported)
    yield from _of_block(function.body, arguments, imported)


def _of_block(
    body: list[ast.stmt], arguments: Sequence[str], imported: frozenset[str]
) -> Iterator[_Change]:
    """Change whole lines of a block, then each line in itself."""
    lines = [statement for statement in body if not _is_text(statement)]
    for statement in lines:
        at = body.index(statement)
        for kind, after, new in _of_line(statement, imported):
            block = [*body[:at], *new, *body[at + 1 :]]
            yield _Change(kind, _short(statement), after, body, block or [ast.Pass()])
    for first, second in pairwise(lines):
        at = body.index(first)
        after = f"{_short(second)}; {_short(first)}"
        block = [*body[:at], second, first, *body[at + 2 :]]
        yield _Change("lines swapped", f"{_short(first)}; {_short(second)}", after, body, block)
    for statement in lines:
        yield from _within(statement, arguments, imported)


def _of_line(
    statement: ast.stmt, imported: frozenset[str]
) -> Iterator[tuple[str, str, list[ast.stmt]]]:
    """Say what may stand in place of one line: the kind of change, its text, the statements."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass | Function):
        return
    yield "line deleted", "", []
    match statement:
        case ast.With() | ast.For() | ast.While() | ast.If():
            yield "block unwrapped", _short(statement.body[0]), statement.body
            if isinstance(statement, ast.If) and statement.orelse:
                yield "block unwrapped", _short(statement.orelse[0]), statement.orelse
        case ast.Expr(value=ast.Call()):
            yield "line repeated", f"{_short(statement)} twice", [statement, statement]
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            left = ast.Name(name, ast.Load())
            plain = ast.Assign([statement.target], ast.BinOp(left, op, value), lineno=0)
            yield "in place", _short(plain), [plain]
            for other in changes.OPERATORS.get(type(op), ()):
                changed = ast.AugAssign(statement.target, other(), value)
                yield "arithmetic", _short(changed), [changed]
    computes = isinstance(statement, ast.Assign | ast.Return) and (
        statement.value is not None
        and not isinstance(statement.value, ast.Name | ast.List)
        and changes.has_graph(statement.value)
    )
    if "torch" in imported and computes:
        call = ast.parse("torch.no_grad()", mode="eval").body
        yield "no_grad", "in no_grad", [ast.With([ast.withitem(call)], [statement])]


def _within(node: ast.AST, arguments: Sequence[str], imported: frozenset[str]) -> Iterator[_Change]:
    """Change what stands inside one line: its expressions, and the blocks below it."""
    if isinstance(node, ast.Return) and node.value is not None:
        for kind, new in changes.of_answer(node.value, arguments):
            yield _Change(kind, _short(node.value), _short(new), node.value, new)
    skipped = ("annotation", "returns", "decorator_list", "type_params")
    for field, value in ast.iter_fields(node):
        if field in skipped:
            continue
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield from _of_block(value, arguments, imported)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.expr):
                # What a line on its own gives is thrown away: without its call nothing is left.
                is_line = isinstance(node, ast.Expr)
                yield from _of_expression(part, imported, is_line=is_line)
            elif isinstance(part, ast.AST) and not isinstance(part, ast.stmt):
                yield from _within(part, arguments, imported)


def _of_expression(
    node: ast.expr, imported: frozenset[str], *, is_line: bool = False
) -> Iterator[_Change]:
    for kind, new in changes.of_expression(node, imported):
        if not (is_line and kind == "call dropped"):
            yield _Change(kind, _short(node), _short(new), node, new)
    for child in _below(node):
        yield from _of_expression(child, imported)


def _below(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif not isinstance(child, ast.expr_context | ast.operator):
            yield from _below(child)


def _is_text(statement: ast.stmt) -> bool:
    """Whether this is a docstring, or a text that stands for one."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _short(node: ast.AST) -> str:
    """Write a part of a tree on one line, of a block its first."""
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.copy(node))).splitlines()[:1])
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def by_id(found: Sequence[Mutant]) -> Mapping[str, Mutant]:
    """Find mutants by their ids."""
    return {mutant.id: mutant for mutant in found}
