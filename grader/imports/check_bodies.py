"""The code of a test cell becomes the body of a check, which asks the student's file for its names.

Code of the teacher's that the test uses comes along: what is the same for every check stands once
at the top of the check file, what the student's code or chance has a part in stands in the check
itself. A test that could not do in a check what it did in the notebook is refused with the reason:
a check that no answer passes would keep the whole exercise from being graded.
"""

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.imports import names, scopes
from grader.imports.statements import Origin, Program, Slice, Statement, changed

# Names that a check file has a meaning for.
RESERVED = frozenset({"student", "reference", "pytest", "device", "generator", "normal",
                      "integers", "expect"})  # fmt: skip
# Where a name is looked for by its text, which nothing here can follow.
_BY_TEXT = frozenset({"dir", "eval", "exec", "get_ipython", "globals", "locals", "vars"})
ASSERTS_NOTHING = "it asserts nothing"
_BY_TYPE = frozenset({"isinstance", "issubclass"})
_BY_SOURCE = frozenset({"getfile", "getmembers", "getsource", "getsourcelines", "signature"})


class RefusedError(Exception):
    """A test that cannot be a check, with the reason as half a sentence."""


@dataclass(frozen=True)
class Body:
    """The body of a check, at the left margin, and what has to stand at the top of its file.

    `used` are the indices of all statements that it is made of.
    """

    text: str
    setup: tuple[Statement, ...]
    used: frozenset[int]


class Bodies:
    """Makes bodies of the tests of one notebook."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._definitions = {
            each.node.name: each.node
            for each in program.solution
            if isinstance(each.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        others = (each for each in program.statements if each.origin is not Origin.SOLUTION)
        bound = Counter(name for each in others if not each.is_import for name in each.uses.surely)
        self._bound_often = frozenset(name for name, count in bound.items() if count > 1)

    def make(
        self,
        own: Sequence[Statement],
        *,
        is_hidden: bool,
        is_compared: bool = False,
        apart: Collection[Statement] = (),
    ) -> Body:
        """Make the body of a check.

        Args:
            own: the statements of the test, in order.
            is_hidden: whether students never see it.
            apart: statements that are there in another form, and are not to be taken along.
            is_compared: whether its values will be compared, so that it needs no assert.

        Raises:
            RefusedError: it cannot be a check.
        """
        own = [each for each in own if not _is_text(each)]
        if not is_compared and not any(_can_fail(each) for each in own):
            raise RefusedError(ASSERTS_NOTHING)
        found = self._program.trace(own, sees_hidden=is_hidden, apart=apart)
        if any(each.is_random for each in (*own, *found.taken)):
            own = [*self._seed(own[0].index), *own]
            found = self._program.trace(own, sees_hidden=is_hidden, apart=apart)
        inside = self._inside(own, found)
        self._check(own, inside, found)
        aliases = found.asked & changed(inside)
        lines = [f"{name} = student.{name}" for name in sorted(aliases)]
        lines += [_asked(each, found.asked - aliases) for each in inside]
        indices = {each.index for each in inside}
        setup = (*(each for each in found.taken if each.index not in indices),
                 *(each for each in own if each.is_import))  # fmt: skip
        used = indices | {each.index for each in setup}
        return Body("\n".join(lines).strip("\n"), setup, frozenset(used))

    def _seed(self, before: int) -> list[Statement]:
        """Find the seed that holds before a place."""
        found = [
            each
            for each in self._program.statements[:before]
            if each.is_seed and each.origin in (Origin.GIVEN, Origin.VISIBLE)
        ]
        return found[-1:]

    def _inside(self, own: Sequence[Statement], found: Slice) -> list[Statement]:
        """Choose what stands in the check itself, in order."""
        inside = {each.index: each for each in own if not each.is_import}
        waiting = {each.index: each for each in found.taken if not each.is_import}
        is_growing = True
        while is_growing:
            is_growing = False
            made = frozenset().union(*(each.uses.binds for each in inside.values()))
            touched = changed(inside.values())
            for index, each in list(waiting.items()):
                if (
                    each.uses.reads & (found.asked | made)
                    or each.uses.binds & (touched | self._bound_often)
                    or each.uses.changes & touched
                    or each.is_random
                    or (each.origin is not Origin.GIVEN and not each.is_definition)
                    or any(name.startswith(("test", "Test")) for name in each.uses.binds)
                ):
                    inside[index] = waiting.pop(index)
                    is_growing = True
        return [inside[index] for index in sorted(inside)]

    # What cannot be

    def _check(self, own: Sequence[Statement], inside: Sequence[Statement], found: Slice) -> None:
        """Refuse what would be another thing in a check than it was in the notebook."""
        for told in self._reasons(own, inside, found):
            raise RefusedError(told)

    def _reasons(
        self, own: Sequence[Statement], inside: Sequence[Statement], found: Slice
    ) -> Iterator[str]:
        if found.missing:
            yield f"it uses {_listed(found.missing)}, which nothing in the notebook defines"
        if found.hidden:
            yield f"it uses {_listed(found.hidden)}, which only a hidden test defines"
        every = [*inside, *found.taken]
        bound = frozenset().union(*(each.uses.binds for each in every))
        if taken := bound & RESERVED:
            yield f"it gives a value to {_listed(taken)}, which means something else in a check"
        read = frozenset().union(*(each.uses.reads for each in every))
        if by_text := read & _BY_TEXT:
            yield f"it calls {_listed(by_text)}, which looks for names by their text"
        if not found.asked:
            yield "it asks nothing of what students write, so the stub would pass it"
        for each in inside:
            if each.is_definition and each.uses.reaches & bound & each.uses.binds:
                yield "it sets names of the notebook from within a function (global)"
            if each.uses.unclear & (found.asked | bound):
                yield f"a class in it binds {_listed(each.uses.unclear)}, which it also reads"
        rebound = frozenset().union(*(each.uses.binds | each.uses.deletes for each in inside))
        if lost := rebound & self._program.read_later & (found.asked | self._solution_names()):
            yield (f"it gives {_listed(lost)} another value, which the student's functions, in a "
                   "process of their own, would not see")  # fmt: skip
        own_changes = frozenset().union(*(each.uses.changes for each in own))
        given = frozenset().union(*(each.uses.binds for each in found.taken if not each.is_import))
        if lost := (own_changes | rebound) & given & self._program.read_later - found.asked:
            yield (f"it changes {_listed(lost)}, and the student's functions have another one, in "
                   "a process of their own")  # fmt: skip
        for each in inside:
            yield from misused(each.node, self._definitions, found.asked)

    def _solution_names(self) -> frozenset[str]:
        return frozenset().union(*(each.uses.binds for each in self._program.solution))


def misused(
    tree: ast.AST, definitions: Mapping[str, ast.stmt], asked: Collection[str]
) -> Iterator[str]:
    """Find what only a function or a class of the same process can be used for.

    Args:
        tree: a statement of a check.
        definitions: the functions and classes that students write, by their names.
        asked: the names that are asked of the student.
    """
    known = {name: node for name, node in definitions.items() if name in asked}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in known:
                yield f"it reads {name}.{attr}, and a student's function can only be called"
            case ast.Call(args=args) if used := _inspected(node, args) & known.keys():
                yield (f"it calls {scopes.called(node)} with {_listed(used)}, and a student's "
                       "function or class can only be called")  # fmt: skip
            case ast.Call(func=ast.Name(id=name)) if isinstance(
                known.get(name), ast.ClassDef
            ) and not _is_module(name, definitions):
                yield (f"it makes an object of {name}, and of students' own classes only "
                       "modules of torch cross over")  # fmt: skip
            case ast.ExceptHandler(type=ast.expr() as kind) if (
                used := _named([kind]) & known.keys()
            ):
                yield f"it catches {_listed(used)}, a class that the student defines"
            case ast.ClassDef(bases=bases) if used := _named(bases) & known.keys():
                yield f"it inherits from {_listed(used)}, a class that the student defines"


def _is_module(name: str, definitions: Mapping[str, ast.stmt], depth: int = 0) -> bool:
    """Whether a class of the solution is a module of torch, by what it inherits from."""
    node = definitions.get(name)
    if not isinstance(node, ast.ClassDef) or depth > len(definitions):
        return False
    for base in node.bases:
        match base:
            case ast.Attribute(attr="Module") | ast.Name(id="Module"):
                return True
            case ast.Attribute(value=ast.Name(id="nn") | ast.Attribute(attr="nn")):
                return True
            case ast.Name(id=inner) if _is_module(inner, definitions, depth + 1):
                return True
    return False


def _asked(statement: Statement, asked: frozenset[str]) -> str:
    return names.asking(statement.text, asked)


def _named(nodes: Sequence[ast.expr]) -> set[str]:
    return {each.id for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name)}


def _inspected(node: ast.Call, args: Sequence[ast.expr]) -> set[str]:
    """Name what a call looks at as a class or as code, and does not call."""
    if scopes.called(node) in _BY_TYPE:
        return _named(args[1:])
    is_source = scopes.called(node) in _BY_SOURCE
    return {each.id for each in args if isinstance(each, ast.Name)} if is_source else set()


def _is_text(statement: Statement) -> bool:
    """Whether it is a text or `pass` alone, which does nothing."""
    match statement.node:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
    return False


def _can_fail(statement: Statement) -> bool:
    """Whether a test can be lost by it: it asserts, raises, or calls what may."""
    if statement.is_definition:
        return False
    for node in ast.walk(statement.node):
        match node:
            case ast.Assert() | ast.Raise():
                return True
            case ast.Expr(value=ast.Call(func=function)) if not scopes.shows(function):
                return True
    return False


def _listed(found: Collection[str]) -> str:
    listed = sorted(found)
    told = ", ".join(f"`{name}`" for name in listed[:3])
    return f"{told} and {len(listed) - 3} more" if len(listed) > 3 else told
