"""What a test case of otter's asks, as statements of a check.

Otter compares what Python prints. Where that text is a plain value, the check compares values and
types; a printed tensor is compared within what printing rounded away; a text that is neither is
compared as text, which is what otter does. The statements still use the student's names bare: who
owns a name is known elsewhere. A case for which there are no honest statements is refused.
"""

import ast
import builtins
import re

from grader.imports import otter_python as python
from grader.imports.otter_nouns import Case, Example

Statements = list[ast.stmt]

_TRACEBACK = re.compile(
    r"Traceback \((?:most recent call last|innermost last)\):\n(?:[ \t].*\n)*([\w.]+)(?:: (.*))?",
    re.DOTALL,
)
# What a call prints in Python is at an address that no second run has, or names how it was made.
_GRAPH = re.compile(r"grad_fn=|requires_grad=True")
_FLEETING = re.compile(r"<.* at 0x|grad_fn=|\.\.\.")
_ACTIONS = frozenset({"backward", "step", "zero_grad", "manual_seed", "seed", "append", "train"})
# Calls whose answer is True or False, whatever goes in.
_YES_OR_NO = frozenset({
    "all", "allclose", "any", "callable", "endswith", "equal", "hasattr", "is_tensor", "isclose",
    "isinstance", "issubclass", "startswith",
})  # fmt: skip
# Calls that look for names where no parser can follow.
_BY_TEXT = frozenset({"dir", "eval", "exec", "getsource", "globals", "locals", "vars"})
_SCALARS = (bool, int, str)
_PRINTED = 4  # decimals of a tensor
_MAX_WANT = 10_000  # characters that a check would repeat


class LeftError(Exception):
    """A case that cannot be carried over; the words say why."""


def statements(case: Case) -> Statements:
    """Say what a case asks.

    Raises:
        LeftError: there is no honest way to say it in a check.
        CourseError: it is no Python.
    """
    try:
        found = _function(case) if case.function else _dialogue(case)
    except RecursionError as error:
        raise LeftError("it is nested too deeply") from error
    if not found:
        raise LeftError("it asks nothing")
    for node in found:
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and _called(part) in _BY_TEXT:
                raise LeftError(f"it calls {_called(part)}(), which finds names by their text")
    return found


def speaks(case: Case) -> bool:
    """Whether a case has words for who does not pass it, its own or those of an assert."""
    code = [case.function, *(example.code for example in case.examples)]
    return bool(case.on_failure) or any(
        isinstance(node, ast.Assert) and node.msg is not None
        for text in code
        for node in ast.walk(python.parse(text, case.place))
    )


def has_graph(case: Case) -> bool:
    """Whether a case expects a tensor that carries a graph."""
    return any(_GRAPH.search(example.want) for example in case.examples)


def _dialogue(case: Case) -> Statements:
    found: Statements = []
    for place, example in enumerate(case.examples, 1):
        found += _example(example, case, is_last=place == len(case.examples))
    return found


def _example(example: Example, case: Case, *, is_last: bool) -> Statements:
    """Say what one statement and the text after it ask."""
    if len(example.want) > _MAX_WANT:
        raise LeftError(f"it expects a text of {len(example.want):,} characters")
    want = example.want.replace("<BLANKLINE>\n", "\n").rstrip("\n")
    found: Statements = []
    for node in python.parse(example.code, case.place).body:
        if want.startswith("Traceback ("):
            found += _raises([node], want)
        elif want:
            found += _answered(node, want, case, is_loose=example.is_loose)
        elif isinstance(node, ast.Assert):
            found.append(_asserted(node.test, case, node.msg))
        elif isinstance(node, ast.Expr):
            found += _silent(node, is_last=is_last)
        else:
            found.append(node)
    return found


def _answered(node: ast.stmt, want: str, case: Case, *, is_loose: bool) -> Statements:
    """Say that this is printed after a statement."""
    is_print = isinstance(node, ast.Expr) and _is_print(node.value)
    if isinstance(node, ast.Expr) and not is_print:
        if _prints(node):
            raise LeftError(f"{python.shown(node)} prints and gives a value, and both are compared")
        return _valued(node.value, want, case, is_loose=is_loose)
    return _printed([node], want)


def _silent(node: ast.Expr, *, is_last: bool) -> Statements:
    """Say that an expression gives None, or is evaluated for what it does."""
    if isinstance(node.value, ast.Constant):
        return []
    if not isinstance(node.value, ast.Call):
        raise LeftError(
            f"no output is stored for {python.shown(node)}; run the notebook, save it with its "
            "outputs and import it again"
        )
    name = _called(node.value)
    if not is_last or name in _ACTIONS or name.startswith("assert"):
        return [node]
    return _parsed("assert VALUE is None", node.value)


def _valued(value: ast.expr, want: str, case: Case, *, is_loose: bool) -> Statements:
    """Say that an expression is what was printed."""
    try:
        known = ast.literal_eval(want)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return _formed(value, want, case, is_loose=is_loose)
    speaks = bool(case.on_failure) and not case.is_hidden
    if isinstance(known, bool) and _is_yes_or_no(value):
        return [_asserted(value if known else ast.UnaryOp(ast.Not(), value), case)]
    # Written anew: a tuple may stand there without its brackets.
    text = ast.unparse(ast.parse(want.strip(), mode="eval"))
    if speaks or isinstance(known, dict | set | bytes) or {"np", "numpy", "pd"} & _names(value):
        sign = "is" if isinstance(known, bool) else "=="
        return [_asserted(_parsed_value(f"VALUE {sign} {text}", value), case)]
    if isinstance(known, float):
        return _parsed(f"expect.number(VALUE, {text})", value)
    if _is_plain(known):
        return _parsed(f"expect.equal(VALUE, {text})", value)
    return [_asserted(_parsed_value(f"repr(VALUE) == {want!r}", value), case)]


def _formed(value: ast.expr, want: str, case: Case, *, is_loose: bool) -> Statements:
    """Say that an expression is what was printed, which is no plain value."""
    if size := re.fullmatch(r"torch\.Size\((\[[0-9, ]*\])\)", want):
        sizes = tuple(ast.literal_eval(size[1]))
        return _parsed(f"expect.equal(VALUE, {sizes!r})", value)
    if re.fullmatch(r"torch\.[a-z]+[0-9]*", want):
        return [_asserted(_parsed_value(f"VALUE == {want}", value), case)]
    if tensor := _tensor(want):
        return _parsed(f"expect.close(VALUE, {tensor})", value)
    if _FLEETING.search(want):
        raise LeftError(f"what {python.shown(value)} prints is shortened, or differs in each run")
    words, what = (want.split(), "repr(VALUE).split()") if is_loose else (want, "repr(VALUE)")
    return [_asserted(_parsed_value(f"{what} == {words!r}", value), case)]


def _tensor(want: str) -> str:
    """Read a printed tensor: the code that makes it, and how near is right.

    Its graph is passed over: a value that crosses the wall by its name has none. "" where it is no
    tensor, is shortened, not finite, or not on the CPU.
    """
    text = re.sub(r",\s*grad_fn=<\w+>", ", requires_grad=True", want)
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ""
    match node:
        case ast.Call(func=ast.Name(id="tensor"), args=[numbers], keywords=keywords):
            named = {keyword.arg: ast.unparse(keyword.value) for keyword in keywords}
        case _:
            return ""
    named.pop("requires_grad", "")
    dtype = named.pop("dtype", "")
    is_made = all(map(_is_numeric, ast.walk(numbers)))
    if named or not is_made or not re.fullmatch(r"(torch\.\w+)?", dtype):
        return ""
    digits = text[: text.rfind("]") + 1] or text
    tolerance = ""
    if re.search(r"\de[+-]", digits):
        tolerance = f", rtol=1e-{_PRINTED}"
    elif re.search(r"\.\d", digits):
        tolerance = f", atol=1e-{_PRINTED}"
    made = ast.unparse(numbers)
    return f"torch.tensor({made}{f', dtype={dtype}' if dtype else ''}){tolerance}"


def _is_numeric(node: ast.AST) -> bool:
    """Whether a part of a printed tensor is a number, its sign, or a list of them."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float)
    return isinstance(node, ast.List | ast.UnaryOp | ast.USub | ast.Load)


def _raises(body: Statements, want: str) -> Statements:
    """Say that statements raise what was printed."""
    seen = _TRACEBACK.match(want)
    kind = getattr(builtins, seen[1], None) if seen else None
    if seen is None or not isinstance(kind, type) or not issubclass(kind, Exception):
        raise LeftError("it expects an error of a type that is not Python's own")
    words = f", match={re.escape(seen[2].strip())!r}" if seen[2] else ""
    block = ast.parse(f"with pytest.raises({seen[1]}{words}):\n    pass").body[0]
    assert isinstance(block, ast.With)
    block.body = body
    return [block]


def _printed(body: Statements, want: str) -> Statements:
    """Say that statements print a text."""
    if not any(_prints(node) for node in body):
        raise LeftError("what it expects is printed by something that is not in the case")
    match body:
        case [ast.Expr(value=ast.Call(args=[ast.expr() as only], keywords=[]))] if not isinstance(
            only, ast.Starred
        ):
            return _parsed(f"assert str(VALUE) == {want!r}", only)
    block = ast.parse(
        "with contextlib.redirect_stdout(io.StringIO()) as what_was_printed:\n    pass"
    ).body
    assert isinstance(block[0], ast.With)
    block[0].body = body
    return [*block, *ast.parse(f"assert what_was_printed.getvalue() == {want + chr(10)!r}").body]


def _function(case: Case) -> Statements:
    """Say what the function of a case asks; its parameters are names of the student's."""
    body = python.parse(case.function, case.place).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        raise LeftError("it is no plain function")
    function = body[0]
    if function.args.vararg or function.args.kwarg:
        raise LeftError("its function takes any number of arguments")
    if any(isinstance(node, ast.Yield | ast.YieldFrom | ast.Await) for node in ast.walk(function)):
        raise LeftError("its function is a generator")
    taken = [a.arg for a in (*function.args.posonlyargs, *function.args.args,
                             *function.args.kwonlyargs)]  # fmt: skip
    if "env" in taken:
        _Environment().visit(function)
        if "env" in _names(function):
            raise LeftError("it looks at all names of a student at once (`env`)")
    found = [part for part in function.body if not _is_itself(part)]
    if ast.get_docstring(function, clean=False) is not None:
        found = found[1:]
    # A parameter that is written to begins with the student's value.
    written = {node.id for part in found for node in ast.walk(part)
               if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    clash = sorted(written & set(taken))
    if clash:
        raise LeftError(f"it gives another value to {', '.join(clash)}, which is a student's name")
    if all(isinstance(node, ast.Pass | ast.Expr) and _is_idle(node) for node in found):
        return []
    return [_asserted(part.test, case, part.msg) if isinstance(part, ast.Assert) else part
            for part in found]  # fmt: skip


class _Environment(ast.NodeTransformer):
    """Writes env["name"] and env.get("name") as the bare name."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Replace env["name"]."""
        self.generic_visit(node)
        match node:
            case ast.Subscript(value=ast.Name(id="env"), slice=ast.Constant(value=str(name))) if (
                name.isidentifier()
            ):
                return ast.Name(name, node.ctx)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Replace env.get("name")."""
        self.generic_visit(node)
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env"), attr="get"),
                args=[ast.Constant(value=str(name))],
            ) if name.isidentifier():
                return ast.Name(name, ast.Load())
        return node


def _asserted(test: ast.expr, case: Case, message: ast.expr | None = None) -> ast.stmt:
    """Assert something, with the words that the case has for who does not pass it.

    Of a case that is hidden, otter shows students nothing, and words may give away what is right.
    """
    if case.is_hidden:
        return ast.Assert(test, None)
    if message is None and case.on_failure:
        message = ast.Constant(case.on_failure)
    return ast.Assert(test, message)


def _parsed(template: str, value: ast.expr) -> Statements:
    """Put an expression in the place of VALUE."""
    return [_Put(value).visit(node) for node in ast.parse(template).body]


def _parsed_value(template: str, value: ast.expr) -> ast.expr:
    node = _parsed(template, value)[0]
    assert isinstance(node, ast.Expr)
    return node.value


class _Put(ast.NodeTransformer):
    """Puts an expression in the place of the name VALUE."""

    def __init__(self, value: ast.expr) -> None:
        self.value = value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace the name."""
        return self.value if node.id == "VALUE" else node


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _called(node: ast.Call) -> str:
    """Name the function that is called: the last of its dotted names, "" for none."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_print(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="print")):
            return True
    return False


def _prints(node: ast.AST) -> bool:
    return any(map(_is_print, ast.walk(node)))


def _is_yes_or_no(value: ast.expr) -> bool:
    """Whether an expression gives True or False by its form; a name may hold anything."""
    match value:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BoolOp(values=values):
            return all(map(_is_yes_or_no, values))
        case ast.Call():
            return _called(value) in _YES_OR_NO
    return False


def _is_plain(value: object) -> bool:
    """Whether `expect.equal` compares such a value."""
    if isinstance(value, tuple | list):
        return all(map(_is_plain, value))
    return value is None or type(value) in _SCALARS


def _is_itself(node: ast.stmt) -> bool:
    """Whether a statement gives a name its own value, as x = env["x"] does once it is written x."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=other)):
            return name == other
    return False


def _is_idle(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
