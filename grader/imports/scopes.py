"""Scopes of Python as its syntax tree has them: what each binds, and where the next one begins."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# What only shows something. A call of these changes nothing that is computed.
SHOWING = frozenset({"display", "help", "plt", "pprint", "print", "pylab", "sns", "tqdm"})

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass
class Scope:
    """One scope inside of a statement: what it binds, and what it says to be global.

    A nonlocal name is always bound by a function around, where it is found without being told.
    """

    kind: str  # "function", "class" or "comprehension"
    bound: set[str]
    top: set[str] = field(default_factory=set)


def type_parameters(node: ast.AST) -> Scope:
    """Make the scope of what stands in brackets behind a name, as T in `def first[T](x: T)`."""
    named = {each.name for each in getattr(node, "type_params", ())}
    return Scope("comprehension", named)


def own(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk through what belongs to one scope, not into functions, classes and comprehensions."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, Comprehension):
            # A name that is bound by := belongs to the scope around.
            yield from (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
            continue
        waiting += ast.iter_child_nodes(node)


def bound(nodes: Iterable[ast.AST]) -> set[str]:
    """Name what the statements of one scope bind."""
    found: set[str] = set()
    for node in own(nodes):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                found |= {(each.asname or each.name).partition(".")[0] for each in aliases}
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.MatchMapping(rest=str(name)):
                found.add(name)
    return found


def surely(node: ast.stmt) -> set[str]:
    """Name what a statement binds in any case, keeping nothing of what was there before."""
    match node:
        case ast.AnnAssign(value=None):
            return set()
        case ast.With(body=body) | ast.AsyncWith(body=body):
            targets = [item.optional_vars for item in node.items if item.optional_vars]
            return bound(targets) | set().union(*map(surely, body))
        case ast.If(body=body, orelse=other):
            return set().union(*map(surely, body)) & set().union(*map(surely, other))
        case (
            ast.FunctionDef()
            | ast.AsyncFunctionDef()
            | ast.ClassDef()
            | ast.Import()
            | ast.ImportFrom()
            | ast.Assign()
            | ast.AnnAssign()
        ):
            return bound([node])
    return set()


def root(node: ast.expr) -> ast.Name | None:
    """Find the name that a chain of attributes and items begins with; a call makes a new thing."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def called(node: ast.Call) -> str:
    """Give the last part of the name of what is called; "" where it has none."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def shows(function: ast.expr) -> bool:
    """Whether what is called only prints or draws, by the name that it begins with."""
    while isinstance(function, ast.Attribute | ast.Call):
        function = function.value if isinstance(function, ast.Attribute) else function.func
    return isinstance(function, ast.Name) and function.id in SHOWING
