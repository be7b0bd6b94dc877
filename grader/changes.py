"""What may become of one expression: the small changes that mutants are made of.

Each function below takes an expression and gives the expressions that may replace it. The table
`KINDS` names them; the names stand in the ids of mutants, so they are never changed lightly.
Nothing here knows what a name stands for: a change that makes no sense raises when it is run, and
is caught by the first check that runs it.
"""

import ast
from collections.abc import Callable, Iterator, Sequence

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
# A swap of these is no change of values.
_COMMUTING = (ast.Add, ast.Mult)

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}

# Names of functions and methods that are mistaken for each other; each stands for both directions.
_PAIRS = {
    "reduction": [("mean", "sum"), ("max", "min"), ("amax", "amin"), ("argmax", "argmin"),
                  ("std", "var"), ("any", "all"), ("cumsum", "cumprod"), ("maximum", "minimum")],
    "filled": [("zeros", "ones"), ("zeros_like", "ones_like"), ("zeros_", "ones_"),
               ("rand", "randn"), ("rand_like", "randn_like")],
    "mode": [("eval", "train")],
    "function": [("softmax", "log_softmax"), ("relu", "gelu"), ("sigmoid", "tanh"),
                 ("tril", "triu"), ("cos", "sin"), ("exp", "log"), ("sqrt", "square")],
    "dtype": [("float32", "float64"), ("float", "double")],
}  # fmt: skip
_REDUCTIONS = frozenset(name for pair in _PAIRS["reduction"][:7] for name in pair)
_WITHOUT_UNDERSCORE = frozenset(
    ("add", "sub", "mul", "div", "clamp", "relu", "sigmoid", "tanh", "exp", "sqrt", "neg",
     "masked_fill", "squeeze", "unsqueeze", "transpose")
)  # fmt: skip
_IN_PLACE = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}
# Plain Python, which takes no tensors that could be cut from a graph.
_PLAIN = frozenset(
    (
        "range",
        "len",
        "int",
        "float",
        "tuple",
        "list",
        "isinstance",
        "zip",
        "print",
        "sum",
        "dict",
        "str",
    )
)

# Make tensors out of numbers.
_FACTORIES = frozenset(
    ("tensor", "zeros", "ones", "full", "empty", "arange", "linspace", "eye", "rand", "randn",
     "randint", "zeros_like", "ones_like", "item", "tolist", "numel", "detach")
)  # fmt: skip

Change = tuple[str, ast.expr]
Operator = Callable[[ast.expr, frozenset[str]], Iterator[ast.expr]]


def of_expression(node: ast.expr, imported: frozenset[str]) -> Iterator[Change]:
    """Give what an expression may be replaced by, each with the kind of the change.

    Args:
        node: any expression; it is shared by what replaces it, and stays as it is.
        imported: the names that the file imports.
    """
    for kind, operator in KINDS.items():
        for new in operator(node, imported):
            yield kind, new
    for kind, pairs in _PAIRS.items():
        for left, right in pairs:
            for one, other in ((left, right), (right, left)):
                if isinstance(node, ast.Attribute) and node.attr == one:
                    yield kind, ast.Attribute(node.value, other, node.ctx)


def of_answer(node: ast.expr, arguments: Sequence[str]) -> Iterator[Change]:
    """Give what a returned value may be replaced by.

    Args:
        node: the value.
        arguments: names of the function's arguments.
    """
    for name in arguments:
        yield "answer", ast.Name(name, ast.Load())
    if isinstance(node, ast.Tuple | ast.List | ast.Constant):
        return
    yield "answer", ast.UnaryOp(ast.USub(), node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _PLAIN:
        return
    yield "gradient", _method(node, "item")
    if has_graph(node):
        yield "gradient", _method(node, "detach")
    for method, dtype in (("float", "float32"), ("double", "float64")):
        if not _says(node, dtype):
            yield "dtype", _method(node, method)
    yield "shape", _method(node, "squeeze")
    yield "shape", _method(node, "flatten")
    yield "shape", _method(node, "unsqueeze", ast.Constant(0))


def has_graph(node: ast.expr) -> bool:
    """Whether a value may remember how it was computed: plain Python and new tensors cannot.

    Neither can a new module or optimizer: a name with a capital is taken for a class.
    """
    match node:
        case ast.Constant():
            return False
        case ast.Call(ast.Name(name)):
            return name not in _PLAIN and not name[:1].isupper()
        case ast.Call(ast.Attribute(_, name)):
            return name not in _FACTORIES and not name[:1].isupper()
    return True


def _arithmetic(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left, op, right):
            for other in OPERATORS.get(type(op), ()):
                yield ast.BinOp(left, other(), right)
        case ast.UnaryOp(ast.USub(), operand):
            yield operand


def _operand_dropped(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    """A bias forgotten, an epsilon left out."""
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right


def _order(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left, op, right) if not isinstance(op, _COMMUTING):
            yield ast.BinOp(right, op, left)
        case ast.Call(func, args, keywords):
            for i in range(len(args) - 1):
                swapped = [*args[:i], args[i + 1], args[i], *args[i + 2 :]]
                yield ast.Call(func, swapped, keywords)
            if isinstance(func, ast.Attribute) and func.attr == "permute" and len(args) > 2:
                yield ast.Call(func, args[::-1], keywords)


def _comparison(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, [op], right):
            for other in _COMPARED.get(type(op), ()):
                yield ast.Compare(left, [other()], right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand


def _condition(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.IfExp(_, body, orelse):
            yield body
            yield orelse
        case ast.ListComp(element, generators) | ast.GeneratorExp(element, generators):
            for i, part in enumerate(generators):
                if part.ifs:
                    bare = ast.comprehension(part.target, part.iter, [], part.is_async)
                    inner = [*generators[:i], bare, *generators[i + 1 :]]
                    yield type(node)(element, inner)


def _constant(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    if not isinstance(node, ast.Constant):
        return
    match node.value:
        case bool(flag):
            yield ast.Constant(not flag)
        case int(number):
            for other in dict.fromkeys((number + 1, number - 1, 2 * number, 0, 1, -1)):
                yield ast.Constant(other)
        case float(number):
            for value in dict.fromkeys((2 * number, number / 2, 0.0, 1.0, -number)):
                yield ast.Constant(value)


def _keyword(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func, args, keywords):
            for i, keyword in enumerate(keywords):
                # Without its learning rate an optimizer has another one, which learns with luck.
                if keyword.arg != "lr":
                    yield ast.Call(func, args, [*keywords[:i], *keywords[i + 1 :]])
            names = {keyword.arg for keyword in keywords}
            if not isinstance(func, ast.Attribute):
                return
            for name, value in _added(func.attr, bool(args), names):
                added = ast.keyword(name, ast.Constant(value))
                yield ast.Call(func, args, [*keywords, added])


def _added(function: str, has_arguments: bool, names: set[str | None]) -> Iterator[tuple[str, int]]:
    """Name the keywords that may be added to a call, with their values."""
    if function in _REDUCTIONS:
        if "dim" in names and "keepdim" not in names:
            yield "keepdim", True
        if "dim" not in names and not has_arguments:
            yield "dim", 0
    if function in ("Linear", "Conv1d", "Conv2d", "LayerNorm") and "bias" not in names:
        yield "bias", False


def _call_dropped(node: ast.expr, imported: frozenset[str]) -> Iterator[ast.expr]:
    """x.mean() becomes x, and so does torch.relu(x)."""
    match node:
        case ast.Call(ast.Attribute(value)) if not _is_imported(value, imported):
            yield value
        case ast.Call(_, [ast.Starred(), *_]):
            return
        case ast.Call(_, [first, *_]):
            yield first
        case ast.Attribute(value, "data" | "T" | "mT") if not _is_imported(value, imported):
            yield value


def _transposed(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left, ast.MatMult(), right):
            yield ast.BinOp(_attribute(left, "mT"), ast.MatMult(), right)
            yield ast.BinOp(left, ast.MatMult(), _attribute(right, "mT"))
        case ast.Attribute(value, "T" | "mT"):
            # The shape that is wanted, with the numbers in the wrong order.
            backwards = ast.Slice(step=ast.UnaryOp(ast.USub(), ast.Constant(1)))
            shape = ast.Subscript(_attribute(value, "shape"), backwards, ast.Load())
            yield _method(value, "reshape", shape)


def _gradient(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left, op, right):
            if isinstance(left, ast.Name | ast.Attribute):
                yield ast.BinOp(_method(left, "detach"), op, right)
            if isinstance(right, ast.Name | ast.Attribute):
                yield ast.BinOp(left, op, _method(right, "detach"))
        case ast.Call(ast.Attribute(value, "requires_grad_"), []):
            yield _method(value, "requires_grad_", ast.Constant(False))
        case ast.Call(ast.Name(name), args, keywords) if name not in _PLAIN:
            for i, argument in enumerate(args):
                if isinstance(argument, ast.Name):
                    cut = [*args[:i], _method(argument, "detach"), *args[i + 1 :]]
                    yield ast.Call(node.func, cut, keywords)


def _in_place(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(ast.Name() as left, op, right) if type(op) in _IN_PLACE:
            yield _method(left, _IN_PLACE[type(op)], right)
        case ast.Call(ast.Attribute(value, name), args, keywords):
            bare = name.removesuffix("_")
            if bare in _WITHOUT_UNDERSCORE:
                other = bare if name.endswith("_") else f"{bare}_"
                yield ast.Call(_attribute(value, other), args, keywords)


def _loop(node: ast.expr, _: frozenset[str]) -> Iterator[ast.expr]:
    match node:
        case ast.Call(ast.Name("range"), [*before, end], keywords) if len(before) < 2:
            for op in (ast.Add(), ast.Sub()):
                moved = ast.BinOp(end, op, ast.Constant(1))
                yield ast.Call(node.func, [*before, moved], keywords)
            if not before:
                yield ast.Call(node.func, [ast.Constant(1), end], keywords)


KINDS: dict[str, Operator] = {
    "arithmetic": _arithmetic,
    "operand dropped": _operand_dropped,
    "order": _order,
    "comparison": _comparison,
    "condition": _condition,
    "constant": _constant,
    "keyword": _keyword,
    "call dropped": _call_dropped,
    "transposed": _transposed,
    "gradient": _gradient,
    "in place": _in_place,
    "loop": _loop,
}


def _says(node: ast.expr, dtype: str) -> bool:
    """Whether a call names the dtype of its result."""
    return isinstance(node, ast.Call) and any(
        isinstance(keyword.value, ast.Attribute) and keyword.value.attr == dtype
        for keyword in node.keywords
    )


def _is_imported(node: ast.expr, imported: frozenset[str]) -> bool:
    """Whether an expression is a module, or a part of one: torch, nn, torch.nn.functional."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in imported


def _attribute(node: ast.expr, name: str) -> ast.Attribute:
    return ast.Attribute(node, name, ast.Load())


def _method(node: ast.expr, name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(_attribute(node, name), list(args), [])
