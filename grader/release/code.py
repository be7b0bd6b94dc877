"""Code cut into what can be compared: statements one by one, and texts as tokens.

A statement that holds others, as a loop does, is its first line; those within are statements of
their own. Tokens are words, numbers and single signs, so neither spacing nor the kind of quotes
makes two texts differ.
"""

import ast
import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_TOKEN = re.compile(r"\w+|[^\w\s]")
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_OPERATIONS = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.Subscript, ast.IfExp, ast.Lambda,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr, ast.keyword,
)  # fmt: skip


def parsed(text: str) -> ast.Module | None:
    """Parse Python; None where it is none."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """List statements and those within them, but for docstrings and imports."""
    for node in body:
        match node:
            case ast.Expr(value=ast.Constant(value=str())) | ast.Import() | ast.ImportFrom():
                continue
        yield node
        yield from statements(_within(node))


def _within(node: ast.stmt) -> Iterator[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from part.body


def key(node: ast.stmt) -> str:
    """Write a statement, without those within it, so that equal ones are written alike."""
    parts = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        if name not in _BLOCKS and value is not None:
            many = value if isinstance(value, list) else [value]
            parts += [ast.dump(one) if isinstance(one, ast.AST) else repr(one) for one in many]
    return " ".join(parts)


def keys(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Write all statements of a body, and those within them."""
    return frozenset(map(key, statements(body)))


def units(tree: ast.Module) -> dict[str, Definition]:
    """List the functions and classes at the top of a file, by name."""
    return {node.name: node for node in tree.body if isinstance(node, Definition)}


def is_open(node: Definition) -> bool:
    """Whether something is left to be written: NotImplementedError is raised somewhere in it."""
    raised = (each.exc for each in ast.walk(node) if isinstance(each, ast.Raise))
    return any(exc is not None and "NotImplementedError" in ast.dump(exc) for exc in raised)


def said(node: ast.stmt) -> Iterator[tuple[ast.AST, int]]:
    """List what is distinctive in one statement, with how many operations it is.

    That is what it computes, and the whole of it where it gives back or changes something.
    """
    values: list[ast.expr | None] = [
        getattr(node, name, None) for name in ("value", "iter", "test")
    ]
    values += [item.context_expr for item in getattr(node, "items", ())]
    for value in values:
        if value is not None:
            yield value, operations(value)
    if isinstance(node, ast.Return | ast.AugAssign) and node.value is not None:
        yield node, operations(node.value) + 1


def operations(node: ast.AST) -> int:
    """Count the operations of an expression: `(w * x - y) ** 2` has three."""
    return sum(isinstance(each, _OPERATIONS) for each in ast.walk(node))


def tokens(text: str) -> str:
    """Write the tokens of a text with a blank before, between and behind them."""
    return f" {' '.join(_TOKEN.findall(text))} ".replace("'", '"')


@dataclass(frozen=True)
class Reading:
    """The tokens of a text, and where in it each begins."""

    text: str
    tokens: str
    starts: Sequence[int]
    places: Sequence[int]

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Read a text."""
        found = [(match[0], match.start()) for match in _TOKEN.finditer(text)]
        places, at = [], 1
        for token, _ in found:
            places.append(at)
            at += len(token) + 1
        joined = f" {' '.join(token for token, _ in found)} ".replace("'", '"')
        return cls(text, joined, [start for _, start in found], places)

    def line(self, wanted: str) -> int | None:
        """Tell in which line, from 1, some tokens stand; None where they do not."""
        at = self.tokens.find(wanted)
        if at < 0:
            return None
        start = self.starts[bisect.bisect_left(self.places, at + 1)]
        return self.text.count("\n", 0, start) + 1
