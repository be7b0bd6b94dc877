"""What a piece of Python does with the names around it, found in its syntax tree, never by running.

A cell of a notebook reads names that other cells have bound. When the cell becomes a function in
another file, each of those names has to come from somewhere: so every read is followed through the
scopes of functions, classes and comprehensions to the place where Python would look. `uses` tells
of a statement what it reads, binds and changes at the level of the notebook; `asking` writes a
statement anew so that some of these names are asked of another object, `student.matvec` for
`matvec`, and nothing else in it is touched.
"""

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from grader.imports.scopes import (
    Comprehension,
    Function,
    Scope,
    bound,
    called,
    own,
    root,
    surely,
    type_parameters,
)

# Methods that change what they are called on; in torch, all that end with an underscore do.
_CHANGING = frozenset({
    "add", "append", "appendleft", "backward", "clear", "discard", "eval", "extend", "fit",
    "insert", "load_state_dict", "pop", "popitem", "popleft", "remove", "reverse", "setdefault",
    "sort", "step", "train", "update", "write", "zero_grad",
})  # fmt: skip


class Pass(NamedTuple):
    """A name that goes into a call, as an argument or as what a method is called on.

    `callee` is the last part of the called name. `is_plain` says that it is all of the name, and
    that what comes back is dropped.
    """

    callee: str
    name: str
    is_late: bool
    is_plain: bool


@dataclass(frozen=True)
class Uses:
    """What a statement does with names of the notebook.

    `now` it reads when it is executed, `later` only when a function that it defines is called.
    `binds` are names that it may give a value, `surely` those that it does in any case, `deletes`
    are taken away. `changes` are names whose values it may change as they are, `reaches` those that
    it changes or binds from within a function. `unclear` are read where Python may find two things.
    `passes` go into calls, which may change them.
    """

    now: frozenset[str]
    later: frozenset[str]
    binds: frozenset[str]
    surely: frozenset[str]
    deletes: frozenset[str]
    changes: frozenset[str]
    reaches: frozenset[str]
    unclear: frozenset[str]
    passes: frozenset[Pass]

    @property
    def reads(self) -> frozenset[str]:
        """All names that it reads, at any time."""
        return self.now | self.later


def uses(node: ast.stmt) -> Uses:
    """Find what a statement of a notebook does with names.

    Raises:
        RecursionError: it is nested more deeply than Python walks.
    """
    walk = _Walk()
    walk.visit(node)
    binds = bound([node]) | walk.declared
    deletes = frozenset(walk.deleted)
    return Uses(
        now=frozenset(name.id for name, is_late in walk.reads if not is_late),
        later=frozenset(name.id for name, is_late in walk.reads if is_late),
        binds=frozenset(binds),
        surely=frozenset(surely(node)),
        deletes=deletes,
        changes=frozenset(walk.changed),
        reaches=frozenset(walk.reached | walk.declared),
        unclear=frozenset(walk.unclear),
        passes=frozenset(walk.passed),
    )


def asking(text: str, names: Collection[str], of: str = "student") -> str:
    """Write statements so that they ask an object for some names: `student.matvec` for `matvec`.

    Names that the statements bind in functions of their own, parameters, attributes, keywords and
    texts stay as they are. The layout and the comments are kept, except of a statement with one of
    the names inside an f-string, whose places Python does not always tell.

    Args:
        text: statements at the left margin.
        names: that are to be asked for; the statements bind none of them outside of functions.
        of: the object's name.

    Raises:
        SyntaxError: the text is no Python.
        RecursionError: it is nested more deeply than Python walks.
    """
    tree = ast.parse(text)
    lines = [line.encode() for line in text.split("\n")]
    for node in reversed(tree.body):
        walk = _Walk()
        walk.visit(node)
        found = [name for name, _ in walk.reads if name.id in names]
        if not found:
            continue
        start = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        inside = {id(name) for name in _in_texts(node)}
        if any(id(name) in inside for name in found):
            chosen = {id(name) for name in found}
            written = ast.unparse(_Asked(chosen, of).visit(node)).encode().split(b"\n")
            lines[start - 1 : node.end_lineno] = written
            continue
        for name in sorted(found, key=lambda name: (name.lineno, name.col_offset), reverse=True):
            line, at = lines[name.lineno - 1], name.col_offset
            lines[name.lineno - 1] = line[:at] + f"{of}.".encode() + line[at:]
    return b"\n".join(lines).decode()


class _Asked(ast.NodeTransformer):
    """Puts an attribute in place of chosen names."""

    def __init__(self, chosen: set[int], of: str) -> None:
        self._chosen = chosen
        self._of = of

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if id(node) not in self._chosen:
            return node
        return ast.Attribute(ast.Name(self._of, ast.Load()), node.id, ast.Load())


def _in_texts(node: ast.AST) -> Iterator[ast.Name]:
    for text in ast.walk(node):
        if isinstance(text, ast.JoinedStr):
            yield from (each for each in ast.walk(text) if isinstance(each, ast.Name))


# Scopes


class _Walk(ast.NodeVisitor):
    """Goes through a statement, and keeps what it does with names of the level around it."""

    def __init__(self) -> None:
        self._scopes: list[Scope] = []
        self.reads: list[tuple[ast.Name, bool]] = []
        self.deleted: set[str] = set()
        self.changed: set[str] = set()
        self.reached: set[str] = set()
        self.declared: set[str] = set()
        self.unclear: set[str] = set()
        self.passed: set[Pass] = set()
        # What the loops and blocks around have bound: read there, it is not from before.
        self._targets: list[set[str]] = []

    # Where a name leads

    def _is_outer(self, name: str) -> bool:
        """Whether a name, read here, is looked for at the level of the notebook."""
        for depth, scope in enumerate(reversed(self._scopes)):
            if name in scope.top:
                return True
            # What a class binds is not seen from the scopes inside it.
            if name in scope.bound and (scope.kind != "class" or depth == 0):
                if scope.kind == "class":
                    self.unclear.add(name)
                return False
        return True

    @property
    def _is_late(self) -> bool:
        return any(scope.kind == "function" for scope in self._scopes)

    def _change(self, node: ast.expr) -> None:
        """Keep the name whose value is changed by what happens to a part of it."""
        found = root(node)
        if found is not None and self._is_outer(found.id):
            (self.reached if self._is_late else self.changed).add(found.id)

    def _pass(self, node: ast.Call, is_dropped: bool) -> None:
        """Keep what goes into a call."""
        is_name = isinstance(node.func, ast.Name)
        callee = called(node)
        parts = [*node.args, *(each.value for each in node.keywords)]
        parts += [] if is_name else [node.func]
        for found in map(root, parts):
            if callee and found is not None and self._is_outer(found.id):
                self.passed.add(Pass(callee, found.id, self._is_late, is_name and is_dropped))

    # Names

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store) or not self._is_outer(node.id):
            return
        if isinstance(node.ctx, ast.Load):
            self._read(node)
        elif isinstance(node.ctx, ast.Del):
            self.deleted.add(node.id)

    def _read(self, node: ast.Name) -> None:
        if not any(node.id in targets for targets in self._targets):
            self.reads.append((node, self._is_late))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(node.value)
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        # It reads what it binds, and may change it in place.
        self._change(node.target)
        if isinstance(node.target, ast.Name) and self._is_outer(node.target.id):
            self._read(node.target)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self._call(node, False)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self._call(node.value, True)
        else:
            self.visit(node.value)

    def _call(self, node: ast.Call, is_dropped: bool) -> None:
        self._pass(node, is_dropped)
        match node.func:
            case ast.Attribute(value=value, attr=name) if name in _CHANGING or name.endswith("_"):
                self._change(value)
        if called(node).endswith("_"):
            for argument in node.args[:1]:
                self._change(argument)
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        before = set(self.changed), set(self.reached)
        self.visit(node.iter)
        self._targets.append(bound([node.target]))
        for each in (node.target, *node.body):
            self.visit(each)
        self._targets.pop()
        for after in node.orelse:
            self.visit(after)
        news = (self.changed - before[0]) | (self.reached - before[1])
        # What is done to each is done to what holds them: for p in model.parameters(): p -= ...
        if news & bound([node.target]):
            for each in ast.walk(node.iter):
                if isinstance(each, ast.Name):
                    self._change(each)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        self._targets.append(set())
        for item in node.items:
            self.visit(item)
            if item.optional_vars is not None:
                self._targets[-1] |= bound([item.optional_vars])
        for each in node.body:
            self.visit(each)
        self._targets.pop()

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self.visit_With(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self.visit_For(node)

    # Scopes

    def _function(self, node: Function | ast.Lambda, body: list[ast.stmt] | list[ast.expr]) -> None:
        spec = node.args
        every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
        every += [each for each in (spec.vararg, spec.kwarg) if each]
        for default in (*spec.defaults, *(each for each in spec.kw_defaults if each)):
            self.visit(default)
        for argument in every:
            if argument.annotation is not None:
                self.visit(argument.annotation)
        scope = Scope("function", {each.arg for each in every} | bound(body))
        for inner in own(body):
            if isinstance(inner, ast.Global):
                scope.top.update(inner.names)
                self.declared.update(set(inner.names) & bound(body))
        self._inside(scope, body)

    def _inside(self, scope: Scope, body: Iterable[ast.AST]) -> None:
        self._scopes.append(scope)
        for each in body:
            self.visit(each)
        self._scopes.pop()

    def _definition(self, node: Function) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._scopes.append(type_parameters(node))
        if node.returns is not None:
            self.visit(node.returns)
        self._function(node, node.body)
        self._scopes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._definition(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._scopes.append(type_parameters(node))
        for each in (*node.bases, *(word.value for word in node.keywords)):
            self.visit(each)
        scope = Scope("class", bound(node.body))
        for inner in own(node.body):
            if isinstance(inner, ast.Global):
                scope.top.update(inner.names)
        self._inside(scope, node.body)
        self._scopes.pop()

    def _comprehension(self, node: Comprehension, results: list[ast.expr]) -> None:
        first, *others = node.generators
        # The first thing to go through is worked out where the comprehension stands.
        self.visit(first.iter)
        targets = {name for each in node.generators for name in bound([each.target])}
        rest: list[ast.AST] = [first.target, *first.ifs, *others, *results]
        self._inside(Scope("comprehension", targets), rest)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, [node.key, node.value])


def changing(nodes: Iterable[ast.stmt]) -> frozenset[str]:
    """Name the functions and methods that change what they are given, or their own object."""
    found: set[str] = set()
    waiting: list[tuple[str, set[Pass]]] = []
    for node in nodes:
        for function in ast.walk(node):
            if not isinstance(function, Function):
                continue
            spec = function.args
            every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
            parameters = {each.arg for each in every if each is not None}
            walk = _Walk()
            for inner in function.body:
                walk.visit(inner)
            if walk.changed & parameters and function.name != "__init__":
                found.add(function.name)
            waiting.append((function.name, {one for one in walk.passed if one.name in parameters}))
    is_growing = True
    while is_growing:
        news = {name for name, passed in waiting if any(one.callee in found for one in passed)}
        is_growing = bool(news - found)
        found |= news
    return frozenset(found)
