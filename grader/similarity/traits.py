"""From the text of one file to its traits: what is left once names, order and spacing are gone.

Only the syntax tree and the tokens are looked at; nothing is run. Of a function, parameters become
their places and every name that it introduces becomes `_`; docstrings and annotations go, and
statements stand in the order of their texts, so that swapping two lines changes nothing. The names,
the comments and the layout are units of their own.
"""

import ast
import copy
import io
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword

from grader.similarity import Kind

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
# Operators whose spacing is a habit.
_SPACED = frozenset(
    ("=", "+", "-", "*", "/", "@", "**", ",", "==", "+=", "-=", "<", ">", ":", "(", ")")
)


@dataclass(frozen=True)
class Unit:
    """The traits of one kind in one function, or in the whole file.

    `traits` are texts, each with the lines on which it stands. `form` is the whole of a function's
    code as one text; "" where the unit is of another kind.
    """

    traits: Mapping[str, tuple[int, ...]]
    form: str = ""


# By function, "" for the whole file, and by kind.
Units = dict[tuple[str, Kind], Unit]


@dataclass
class _Draft:
    """The traits of a unit while they are collected."""

    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, text: str, line: int) -> None:
        """Note a trait, and where it stands."""
        self.lines.setdefault(text, []).append(line)

    def unit(self, form: str = "") -> Unit:
        """Give what was collected."""
        return Unit({text: tuple(lines) for text, lines in sorted(self.lines.items())}, form)


def units(text: str, asked: Iterable[str]) -> Units:
    """Take a file apart.

    Args:
        text: the file.
        asked: the functions and methods that the exercise asks for, as "train" or "Block.forward".

    Raises:
        ValueError: the text is no Python, or is nested too deeply.
    """
    try:
        tree = ast.parse(text)
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        found: Units = {}
        known = set(asked)
        nodes = {name: node for name, node in functions(tree).items() if name in known}
        own = _introduced(tree.body)
        comments = _comments(tokens, nodes, tree)
        for name, node in nodes.items():
            found[name, Kind.CODE], found[name, Kind.NAMES] = _code(node, own - known)
        for name in ("", *nodes):
            found[name, Kind.WORDS] = comments.get(name, _Draft()).unit()
        found["", Kind.REST] = _rest(tree, set(nodes), own - known)
        found["", Kind.LAYOUT] = _layout(tree, text)
    except (SyntaxError, tokenize.TokenError, RecursionError, MemoryError) as error:
        raise ValueError(f"it is not Python: {error}") from error
    return found


def functions(tree: ast.Module) -> dict[str, Function]:
    """Find the functions at the top of a file and the methods of its classes."""
    found: dict[str, Function] = {}
    for node in tree.body:
        if isinstance(node, Function):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            inner = [each for each in node.body if isinstance(each, Function)]
            found |= {f"{node.name}.{each.name}": each for each in inner}
    return found


def is_stub(node: Function) -> bool:
    """Whether a function says only that it is not written yet."""
    body = _without_docstring(node.body)
    return not body or (
        len(body) == 1
        and isinstance(body[0], ast.Raise | ast.Pass)
        and (isinstance(body[0], ast.Pass) or "NotImplementedError" in ast.unparse(body[0]))
    )


def _code(node: Function, own: set[str]) -> tuple[Unit, Unit]:
    """Give the statements of a function without names, and its names without statements."""
    arguments = node.args
    places = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    places += [each for each in (arguments.vararg, arguments.kwarg) if each]
    known = {each.arg: f"p{place}" for place, each in enumerate(places)}
    introduced = _introduced(node.body)
    plain = _Plain(known, introduced | own)
    draft, forms = _Draft(), []
    for statement in _without_docstring(node.body):
        forms.append(_form(plain.visit(copy.deepcopy(statement)), draft))
    names = _Draft()
    for name in introduced | set(known):
        names.add(name, node.lineno)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.add(inner.id, inner.lineno)
    return draft.unit("\n".join(sorted(forms))), names.unit()


def _rest(tree: ast.Module, asked: set[str], own: set[str]) -> Unit:
    """Collect what stands beside the functions that are asked for: helpers, imports, constants."""
    draft = _Draft()
    for statement in _without_docstring(tree.body):
        for part in _beside(statement, asked):
            if isinstance(part, ast.Import | ast.ImportFrom):
                for alias in part.names:
                    origin = f"from {part.module} " if isinstance(part, ast.ImportFrom) else ""
                    draft.add(f"{origin}import {ast.unparse(alias)}", part.lineno)
            else:
                plain = _Plain({}, _introduced([part]) | own)
                _form(plain.visit(copy.deepcopy(part)), draft)
    return draft.unit()


def _beside(statement: ast.stmt, asked: set[str]) -> Iterator[ast.stmt]:
    """Leave out of a statement at the top what the exercise asks for."""
    if isinstance(statement, ast.ClassDef):
        inner = [part for part in statement.body if isinstance(part, Function)]
        if any(f"{statement.name}.{part.name}" in asked for part in inner):
            for part in _without_docstring(statement.body):
                if not (isinstance(part, Function) and f"{statement.name}.{part.name}" in asked):
                    yield part
            return
    if not (isinstance(statement, Function) and statement.name in asked):
        yield statement


def _introduced(body: Iterable[ast.AST]) -> set[str]:
    """List the names that statements bind."""
    found: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    found.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
                case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                    found.add(name)
    return found


class _Plain(ast.NodeTransformer):
    """Writes parameters as their places, own names as `_`, and leaves out what only explains."""

    def __init__(self, places: Mapping[str, str], own: set[str]) -> None:
        self._places = places
        self._own = own

    def _name(self, name: str) -> str:
        return self._places.get(name, "_" if name in self._own else name)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Write a name."""
        node.id = self._name(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Write a parameter of an inner function."""
        node.arg, node.annotation = self._name(node.arg), None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Write a function within the function."""
        node.name, node.returns = self._name(node.name), None
        node.body = _without_docstring(node.body)
        self.generic_visit(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Write a class."""
        node.name = self._name(node.name)
        node.body = _without_docstring(node.body)
        self.generic_visit(node)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """Write what catches an exception."""
        node.name = "_" if node.name else None
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Write an assignment without its annotation."""
        self.generic_visit(node)
        if node.value is None:
            return ast.copy_location(ast.Expr(node.target), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)


def _form(node: ast.AST, draft: _Draft) -> str:
    """Write a statement with its blocks in the order of their texts, and note each part."""
    blocks = {}
    for name in _BLOCKS:
        inner = getattr(node, name, None)
        if isinstance(inner, list):
            blocks[name] = sorted(_form(each, draft) for each in inner)
            setattr(node, name, [])
    ast.fix_missing_locations(node)
    header = " ".join(ast.unparse(node).split())
    draft.add(header, getattr(node, "lineno", 0))
    inside = "".join(f"{name}<{'|'.join(parts)}>" for name, parts in blocks.items() if parts)
    return header + inside


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Leave out texts that stand alone, of which docstrings are one kind."""
    return [
        each
        for each in body
        if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
    ]


def _comments(
    tokens: Iterable[tokenize.TokenInfo], nodes: Mapping[str, Function], tree: ast.Module
) -> dict[str, _Draft]:
    """Collect comments, and texts that stand alone, line by line, by the function around them."""
    found: dict[str, _Draft] = {}
    said = [(t.start[0], t.string.lstrip("#! ")) for t in tokens if t.type == tokenize.COMMENT]
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                rows = text.splitlines()
                said += [(node.lineno + row, line) for row, line in enumerate(rows)]
    for line, words in said:
        name = next((n for n, f in nodes.items() if f.lineno <= line <= (f.end_lineno or 0)), "")
        plain = " ".join(words.casefold().split())
        if any(map(str.isalnum, plain)):
            found.setdefault(name, _Draft()).add(plain, line)
    return found


def _layout(tree: ast.Module, text: str) -> Unit:
    """Collect habits of spacing within functions: what a formatter would write otherwise.

    What it would write the same follows from the code, and would count it twice.
    """
    plain = ast.unparse(tree)
    usual = _spacing(ast.parse(plain), plain)
    return Unit(dict.fromkeys(sorted(_spacing(tree, text) - usual), ()))


def _spacing(tree: ast.Module, text: str) -> set[str]:
    """List how signs are spaced and lines end within the functions of a file."""
    found = set()
    nodes = functions(tree).values()
    inside = {line for node in nodes for line in range(node.lineno, (node.end_lineno or 0) + 1)}
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == tokenize.OP and token.string in _SPACED and token.start[0] in inside:
            gaps = (_gap(before, token), _gap(token, after))
            found.add(f"spacing as in {_sort(before)}{token.string.join(gaps)}{_sort(after)}")
    for row, line in enumerate(text.split("\n"), 1):
        if row in inside:
            found |= {"spaces at the end of a line"} if line.rstrip() != line else set()
            found |= {"a tab"} if "\t" in line else set()
            found |= {"an empty line in a function"} if not line.strip() else set()
    return found


def _gap(left: tokenize.TokenInfo, right: tokenize.TokenInfo) -> str:
    """Write the space between two tokens; "/" where a line ends between them."""
    if left.end[0] != right.start[0] or right.type in (tokenize.NEWLINE, tokenize.NL):
        return "/"
    return "·" * min(right.start[1] - left.end[1], 3)


def _sort(token: tokenize.TokenInfo) -> str:
    """Tell words, numbers and signs apart, on which the meaning of a sign depends."""
    if token.type == tokenize.OP:
        return "()"
    return "return" if iskeyword(token.string) else "x"
