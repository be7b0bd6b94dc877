"""Whether the checks of a file hang on their inputs alone, told from its text.

Only of such checks can it be said that they end alike for like answers (see `precedents`). It is
told from what the file imports, calls and sets, and rather too strictly: a check that is left out
is only run each time.
"""

import ast

# What a check may import and still hang on its answers alone.
_CLOSED = frozenset({
    "__future__", "abc", "collections", "contextlib", "copy", "dataclasses", "decimal", "enum",
    "fractions", "functools", "grader", "itertools", "math", "numbers", "operator", "pytest", "re",
    "string", "torch", "types", "typing",
})  # fmt: skip
# What reads, runs, times or changes what does not stand in the file.
_OPENING = frozenset({
    "Event", "Timer", "benchmark", "from_file", "import_module", "importorskip", "load",
    "load_state_dict_from_url", "open", "profiler", "read_bytes", "read_text", "setattr",
})  # fmt: skip
# The same by Python's own names; a module that is set to eval() does nothing of the kind.
_BUILTIN = frozenset({"__builtins__", "__import__", "eval", "exec", "globals", "input", "vars"})
# Beside modules, what outlives a check: to set something of it is to tell the next check of it.
_LASTING = frozenset({"cls", "reference", "request", "self", "student"})


def is_closed(text: bytes) -> bool:
    """Tell whether the checks of a file reach for nothing but what they are given.

    It is told from what the file imports and calls, anywhere in it; one that hides it is believed.
    """
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return False
    imported: set[str] = set()
    roots: set[str] = set()
    called: set[str] = set()
    builtin: set[str] = set()
    changed: set[str] = set()
    for node in nodes:
        match node:
            case ast.Import(names) | ast.ImportFrom(names=names):
                imported.update(each.asname or each.name.partition(".")[0] for each in names)
                called.update(part for each in names for part in each.name.split("."))
        match node:
            case ast.Import(names):
                roots.update(each.name.partition(".")[0] for each in names)
            case ast.ImportFrom(module=module, level=level):
                roots.add((module or "").partition(".")[0] if level == 0 else "")
            case ast.Attribute(value=owner, ctx=ast.Store() | ast.Del()):
                changed.add(_root(owner))
            case ast.Name(id=name):
                called.add(name)
                builtin.add(name)
            case ast.Attribute(attr=name):
                called.add(name)
    is_told = changed & (imported | _LASTING)
    is_opening = called & _OPENING or builtin & _BUILTIN
    return _CLOSED.issuperset(roots) and not is_told and not is_opening


def _root(owner: ast.expr) -> str:
    """Give the name with which a chain of attributes begins; "" where it begins with none."""
    while isinstance(owner, ast.Attribute | ast.Subscript):
        owner = owner.value
    return owner.id if isinstance(owner, ast.Name) else ""
