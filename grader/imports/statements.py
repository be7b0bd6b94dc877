"""A notebook's code as statements in order, and what each needs of those before it.

In a notebook every cell sees what all cells before it have made. In an exercise the student's file,
the reference and each check stand alone. So the code is taken apart into statements, each with the
names that it reads, binds and changes, and `trace` follows what a few of them need back to the
statements that make it: those of the teacher's are taken along, and what the solution makes is
asked of the student.
"""

import ast
import builtins
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from grader.imports import names, scopes
from grader.imports.names import Uses

# What a notebook has besides what its cells define.
_KNOWN = frozenset(dir(builtins)) | {"__name__", "__doc__", "__file__"}
# Calls whose result is another one each time, by the last part of their names.
_RANDOM = frozenset({
    "bernoulli", "choice", "choices", "dropout", "multinomial", "normal", "normal_", "permutation",
    "poisson", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "random",
    "random_split", "randperm", "sample", "shuffle", "uniform", "uniform_", "default_rng",
})  # fmt: skip
_SEEDS = frozenset({"manual_seed", "manual_seed_all", "seed", "seed_everything"})


class Origin(StrEnum):
    """Which kind of cell a statement stands in."""

    GIVEN = "given"
    SOLUTION = "solution"
    VISIBLE = "visible"  # of a test that students see
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Statement:
    """One statement: its place among all of the notebook, and its text with its comments.

    `cell` is the number of its cell, `line` where it begins there.
    """

    index: int
    cell: int
    line: int
    last: int
    text: str
    node: ast.stmt
    uses: Uses
    origin: Origin

    @property
    def is_import(self) -> bool:
        """Whether it imports."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def is_definition(self) -> bool:
        """Whether it defines a function or a class."""
        return isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

    @property
    def is_star(self) -> bool:
        """Whether it imports names that it does not tell."""
        return isinstance(self.node, ast.ImportFrom) and self.node.names[0].name == "*"

    @cached_property
    def calls(self) -> frozenset[str]:
        """The last parts of the names of all that it calls."""
        return frozenset(called(self.node))

    @property
    def is_random(self) -> bool:
        """Whether what it makes is another thing each time; a layer draws its weights."""
        is_layer = any(each[:1].isupper() for each in self.calls) and "nn" in self.uses.now
        return bool(self.calls & _RANDOM) or is_layer

    @property
    def is_seed(self) -> bool:
        """Whether it sets where random numbers begin, and does nothing else."""
        return isinstance(self.node, ast.Expr) and bool(self.calls & _SEEDS)


def called(node: ast.AST) -> Iterator[str]:
    """Name what is called in a piece of code, by the last part of each name."""
    yield from (scopes.called(each) for each in ast.walk(node) if isinstance(each, ast.Call))


def split(text: str) -> Iterator[tuple[int, int, str, ast.stmt]]:
    """Take a cell apart: first and last line, text and node of each statement.

    The comments above a statement belong to it, and one blank line where there is one.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python.
    """
    lines = text.split("\n")
    end = 0
    body = ast.parse(text).body
    for node, following in zip(body, [*body, None][1:], strict=True):
        decorators = getattr(node, "decorator_list", ())
        start = min([node.lineno, *(each.lineno for each in decorators)])
        last = node.end_lineno or node.lineno
        if start <= end or (following is not None and following.lineno == last):
            # It shares a line with another one.
            own = ast.unparse(node)
        else:
            first = start
            while first - 1 > end and lines[first - 2].lstrip().startswith("#"):
                first -= 1
            own = "\n".join(lines[first - 1 : last])
            if end and first - 1 > end:
                own = f"\n{own}"
        yield start, last, own, node
        end = last


@dataclass(frozen=True)
class Slice:
    """What some statements need: `taken` along, and `asked` of the student by name.

    `missing` are names that nothing defines, `hidden` names that only a hidden test does.
    """

    taken: tuple[Statement, ...]
    asked: frozenset[str]
    missing: frozenset[str]
    hidden: frozenset[str]


class Program:
    """All statements of a notebook, in order."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        solution = [each for each in statements if each.origin is Origin.SOLUTION]
        self.solution = solution
        # What functions of the solution read when they are called, and what they change then.
        self.read_later = frozenset().union(*(each.uses.later for each in solution))
        self.reached = frozenset().union(*(each.uses.reaches for each in solution))
        self.modules = frozenset().union(
            *(each.uses.binds for each in statements if each.is_import)
        )
        self._has_star = any(each.is_star for each in statements)

    def trace(
        self,
        own: Sequence[Statement],
        *,
        sees_hidden: bool = True,
        sees_tests: bool = True,
        apart: Collection[Statement] = (),
    ) -> Slice:
        """Follow what some statements need, back to where it is made.

        Args:
            own: the statements.
            sees_hidden: whether they may take along what stands in a hidden test.
            sees_tests: whether they may take along what tests do, besides what they define.
            apart: statements that are not taken along.
        """
        taken: dict[int, Statement] = {}
        asked: set[str] = set()
        missing: set[str] = set()
        hidden: set[str] = set()
        end = own[-1].index + 1 if own else 0
        waiting = [need for each in own for need in _needs(each, end)]
        seen = set(waiting)
        indices = {each.index for each in own}
        while waiting:
            name, before = waiting.pop()
            found = self._makers(name, before, sees_tests)
            if not found and not self._is_known(name, before):
                is_made = any(name in each.uses.binds for each in self.solution)
                (asked if is_made else missing).add(name)
            is_own = any(each.index in indices and name in each.uses.binds for each in found)
            for each in found:
                # What a block of its own has perhaps bound is not looked for in other tests.
                is_elsewhere = each.origin in (Origin.VISIBLE, Origin.HIDDEN) and is_own
                if each.index in indices or each in apart or is_elsewhere:
                    continue
                if each.origin is Origin.SOLUTION and not each.is_import:
                    asked.add(name)
                elif each.origin is Origin.HIDDEN and not sees_hidden:
                    hidden.add(name)
                elif each.index not in taken:
                    taken[each.index] = each
                    new = [need for need in _needs(each, end) if need not in seen]
                    seen.update(new)
                    waiting += new
        in_order = tuple(taken[index] for index in sorted(taken))
        return Slice(in_order, frozenset(asked), frozenset(missing), frozenset(hidden))

    def _is_known(self, name: str, before: int) -> bool:
        """Whether a name comes from elsewhere, or from the loop or block itself that reads it."""
        reading = self.statements[before : before + 1]
        is_own = any(name in each.uses.binds for each in reading)
        return name in _KNOWN or self._has_star or is_own

    def _makers(self, name: str, before: int, sees_tests: bool) -> list[Statement]:
        """List what gives a name its value before a place, or changes that, the last one first."""
        found: list[Statement] = []
        for each in reversed(self.statements[:before]):
            is_test = each.origin in (Origin.VISIBLE, Origin.HIDDEN)
            if is_test and not (sees_tests or each.is_definition or each.is_import):
                continue
            if name in each.uses.binds:
                found.append(each)
                if name in each.uses.surely:
                    break
            elif name in each.uses.changes and not (is_test and isinstance(each.node, ast.Assert)):
                found.append(each)
        is_made = any(name in each.uses.binds for each in found)
        if is_made and not any(each.is_import for each in found) and name in self.reached:
            # A function of the solution changes it: only the student's has been changed.
            return [each for each in self.solution if name in each.uses.reaches]
        return found if is_made else []


def _needs(statement: Statement, end: int) -> Iterator[tuple[str, int]]:
    """List the names that a statement reads, and before which place each has to be made."""
    for name in statement.uses.now:
        yield name, statement.index
    for name in statement.uses.later:
        yield name, end


def numbered(
    cells: Sequence[tuple[int, Origin, Sequence[tuple[int, int, str, ast.stmt]]]],
) -> list[Statement]:
    """Number the statements of cells: each cell's number, origin and parts as `split` gives them.

    Raises:
        RecursionError: one is nested more deeply than Python walks.
    """
    found: list[Statement] = []
    for cell, origin, parts in cells:
        for line, last, text, node in parts:
            index = len(found)
            found.append(Statement(index, cell, line, last, text, node, names.uses(node), origin))
    # What is called on a module, as torch.manual_seed, does not make it another module.
    modules = frozenset().union(*(each.uses.binds for each in found if each.is_import))
    changing = names.changing([each.node for each in found])
    made = frozenset().union(*(each.uses.binds for each in found if each.is_definition)) | _KNOWN
    return [replace(each, uses=_with_calls(each.uses, modules, changing, made)) for each in found]


def _with_calls(
    uses: Uses, modules: frozenset[str], changing: frozenset[str], made: frozenset[str]
) -> Uses:
    """Add what calls change: those of functions that change, and of those that nobody here knows.

    Args:
        uses: of one statement.
        modules: names that imports bind.
        changing: functions of the notebook that change what they are given.
        made: functions and classes that are known.
    """
    hit = [one for one in uses.passes
           if one.callee in changing or (one.is_plain and one.callee not in made)]  # fmt: skip
    now = {one.name for one in hit if not one.is_late and one.callee not in scopes.SHOWING}
    late = {one.name for one in hit if one.is_late and one.callee not in scopes.SHOWING}
    return replace(
        uses, changes=(uses.changes | now) - modules, reaches=(uses.reaches | late) - modules
    )


def laid_out(statements: Sequence[Statement]) -> str:
    """Write statements below each other, definitions apart from the rest."""
    text = ""
    for before, each in zip([None, *statements], statements, strict=False):
        is_apart = each.is_definition or (before is not None and before.is_definition)
        text += f"{chr(10) * 3}{each.text.strip(chr(10))}" if is_apart else f"\n{each.text}"
    return text.strip("\n")


def changed(statements: Collection[Statement]) -> frozenset[str]:
    """Name what statements bind, delete or change."""
    parts = (each.uses.binds | each.uses.deletes | each.uses.changes for each in statements)
    return frozenset().union(*parts)
