"""Python that is read and never run: bounded parsing, and literals without evaluation.

What an import reads may be anybody's file. Python's own parser refuses what is nested too deeply,
with five kinds of exceptions; here they are one sentence with the place.
"""

import ast
import warnings

from grader.errors import CourseError

MAX_LETTERS = 1 << 20  # of one file, as of a file that is handed in
# Python's walks take five calls for a level, of a thousand that it allows.
_MAX_DEPTH = 100
_MAX_NODES = 200_000  # a file of 10,000 lines has half of that

Literal = None | bool | int | float | str | list["Literal"] | dict[str, "Literal"]


def parse(text: str, label: str) -> ast.Module:
    """Parse a text as Python.

    Args:
        text: the code.
        label: names it in messages.

    Raises:
        CourseError: it is no Python, or longer or nested more deeply than is read.
    """
    if len(text) > MAX_LETTERS:
        raise CourseError(f"{label} holds more than {MAX_LETTERS:,} characters; take data out")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # An odd escape in a string is no concern of ours.
            tree = ast.parse(text)
            _bound(tree, label)
            # Compiled and not run: `return` outside of a function is found here, and not before.
            compile(text, label, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise CourseError(f"{label}{line}: this is no Python ({error.msg}); mend it") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise CourseError(
            f"{label}: this cannot be read as Python ({type(error).__name__}); it is nested too "
            "deeply, or holds a character that no code has"
        ) from error
    return tree


def _bound(tree: ast.Module, label: str) -> None:
    """Refuse a tree that is too large, or so deep that Python's own walks through it give up."""
    level: list[ast.AST] = [tree]
    count = depth = 0
    while level:
        count, depth = count + len(level), depth + 1
        if depth > _MAX_DEPTH:
            raise CourseError(f"{label}: code is nested more than {_MAX_DEPTH} deep here; write it "
                              "in several statements")  # fmt: skip
        if count > _MAX_NODES:
            raise CourseError(f"{label} has more than {_MAX_NODES:,} parts; take data out of the "
                              "code")  # fmt: skip
        level = [child for node in level for child in ast.iter_child_nodes(node)]


def literal(node: ast.expr, label: str) -> Literal:
    """Read a value that is written out: numbers, texts, None, True, False, lists and maps of them.

    Texts that stand beside each other are one, as everywhere in Python. Nothing is evaluated: of
    operators only a minus before a number is known.

    Raises:
        CourseError: something else stands there; the sentence names its line.
    """
    try:
        return _literal(node, label)
    except RecursionError as error:
        raise CourseError(f"{label}, line {node.lineno}: this is nested too deeply") from error


def _literal(node: ast.expr, label: str) -> Literal:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if (
            not isinstance(value, bool)
        ):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_literal(item, label) for item in items]
        case ast.Dict(keys=keys, values=inner):
            found: dict[str, Literal] = {}
            for key, each in zip(keys, inner, strict=True):
                if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                    raise _computed(key or node, label)
                found[key.value] = _literal(each, label)
            return found
    raise _computed(node, label)


def _computed(node: ast.expr, label: str) -> CourseError:
    return CourseError(
        f"{label}, line {node.lineno}: a value is computed here ({shown(node)}); files are read "
        "and never run, so write the value out"
    )


def shown(node: ast.AST) -> str:
    """Write code on one short line, for a message."""
    try:
        text = " ".join(ast.unparse(node).split())
    except RecursionError:
        return "code that is nested too deeply"
    return f"`{text if len(text) <= 50 else text[:49] + '…'}`"
