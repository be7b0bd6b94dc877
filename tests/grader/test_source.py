"""What every file in `grader/` keeps to: its length, its docstrings, what it catches and runs.

Each rule is a function from a folder of files to a list of complaints; each is applied to the real
package, and to a small one that breaks it, to show that it can complain.
"""

import ast
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

import grader

MOST_LINES = 400

# Where any exception at all is caught, and why none can be named.
BROAD = {
    "sandbox/child/service.py: answer": "student code may raise anything, up to SystemExit",
    "sandbox/child/service.py: _call": "an object that lies about what it is may raise anything",
    "sandbox/child/cells.py: run": "a cell may raise anything, and the others are executed",
    "sandbox/child/service.py: _explain": "a hostile __str__ may raise anything",
    "judge.py: main": "the door: what else happens is ours, and must not look like a verdict",
    "sitting.py: _run": "whatever a check raises is its outcome",
    "fixtures.py: load_files": "the file is the author's, and may raise anything",
    "mistakes.py: _executed": "the file is the author's, and may raise anything",
    "known.py: _executed": "the text is the author's, and may raise anything",
}

# Where text is executed, and whose it is.
EXECUTED = {
    "sandbox/child/loader.py": "the student's files, inside the walls",
    "sandbox/child/cells.py": "the cells of the student's notebook, inside the walls",
    "known.py": "a mistake, which the course's author wrote",
}

# What turns bytes from elsewhere into code.
UNSAFE_MODULES = frozenset({"pickle", "marshal", "shelve", "cloudpickle", "dill", "joblib"})
UNSAFE_NAMES = frozenset({"eval", "torch.load", "torch.jit.load", "yaml.load", "yaml.unsafe_load"})

Files = Mapping[str, ast.Module]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def read(folder: Path) -> dict[str, ast.Module]:
    """Read the tree of every file below a folder."""
    paths = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.py"))}
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}


def unused(listed: Mapping[str, str], used: set[str]) -> list[str]:
    """Complain about exceptions that nothing needs."""
    return [f"{name} is listed as an exception, and is none" for name in listed.keys() - used]


# The rules


def short(folder: Path) -> list[str]:
    """No file is longer than a reader can hold."""
    lengths = {
        str(path.relative_to(folder)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted(folder.rglob("*.py"))
    }
    return [f"{name} has {n} lines" for name, n in lengths.items() if n > MOST_LINES]


def described(folder: Path) -> list[str]:
    """Every module says what it is for, and so does every public class, function and method."""
    complaints = []
    for name, tree in read(folder).items():
        if not ast.get_docstring(tree):
            complaints.append(f"{name} does not say what it is for")
        waiting: list[ast.AST] = [tree]
        while waiting:
            for node in ast.iter_child_nodes(waiting.pop()):
                if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
                    continue
                if not ast.get_docstring(node):
                    complaints.append(f"{name}:{node.lineno} {node.name} has no docstring")
                if isinstance(node, ast.ClassDef):
                    waiting.append(node)
    return complaints


def narrow(folder: Path, listed: Mapping[str, str] = BROAD) -> list[str]:
    """Only what is named is caught, save at the places listed."""
    found = []
    for name, tree in read(folder).items():
        functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
        for node in filter(is_broad, ast.walk(tree)):
            around = [f for f in functions if any(node is inner for inner in ast.walk(f))]
            # The innermost comes last: ast.walk goes from the outside in.
            place = f"{name}: {around[-1].name if around else 'module'}"
            found.append((place, f"{name}:{node.lineno} catches everything"))
    complaints = [text for place, text in found if place not in listed]
    return complaints + unused(listed, {place for place, _ in found})


def is_broad(node: ast.AST) -> bool:
    """Whether this catches everything: an except clause without a name or with one of all."""
    match node:
        case ast.ExceptHandler(type=None):
            return True
        case ast.ExceptHandler(type=ast.Tuple(elts=names)):
            pass
        case ast.ExceptHandler(type=name):
            names = [name]
        case ast.Call(func=ast.Name("suppress") | ast.Attribute(attr="suppress"), args=names):
            pass
        case _:
            return False
    return any(ast.unparse(name) in ("Exception", "BaseException") for name in names)


def harmless(folder: Path, listed: Mapping[str, str] = EXECUTED) -> list[str]:
    """Nothing unpickles or evaluates, and text is executed at the places listed only."""
    complaints = []
    executing = set()
    for name, tree in read(folder).items():
        for node in ast.walk(tree):
            for used in names_used(node):
                if used in UNSAFE_NAMES or used.split(".")[0] in UNSAFE_MODULES:
                    complaints.append(f"{name}:{node.lineno} uses {used}")
                if used == "exec":
                    executing.add(name)
                    if name not in listed:
                        complaints.append(f"{name}:{node.lineno} uses exec")
    return complaints + unused(listed, executing)


def names_used(node: ast.AST) -> list[str]:
    """List the dotted names that a node imports or reads."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), names=names):
            return [f"{module}.{alias.name}" for alias in names]
        case ast.Name() | ast.Attribute():
            return [ast.unparse(node).removeprefix("builtins.")]
    return []


RULES = (short, described, narrow, harmless)


@pytest.mark.parametrize("rule", RULES)
def test_the_files_keep_to_the_rules(rule: Callable[[Path], list[str]]) -> None:
    """The package as it is gives no cause to complain."""
    assert rule(Path(grader.__file__).parent) == []


# That each rule can fail

_BROAD = """
def load():
    try:
        pass
    except (OSError, Exception):
        pass
with suppress(BaseException):
    pass
try:
    pass
except:
    pass
"""
_UNSAFE = """
import pickle
from torch import load
import torch
read = torch.load
builtins.eval("1")
exec("")
model.eval()
"""

BROKEN: dict[str, tuple[Callable[[Path], list[str]], str, list[str]]] = {
    "long": (short, "\n" * 401, ["sub/course.py has 401 lines"]),
    "not described": (
        described,
        "class Course:\n    def load(self): ...\n    def _seek(self): ...",
        ["sub/course.py does not say what it is for", "sub/course.py:1 Course has no docstring",
         "sub/course.py:2 load has no docstring"],
    ),
    "catches everything": (
        partial(narrow, listed={}),
        _BROAD,
        ["sub/course.py:5 catches everything", "sub/course.py:7 catches everything",
         "sub/course.py:11 catches everything"],
    ),
    "an exception that is none": (
        partial(narrow, listed={"sub/course.py: load": "", "sub/course.py: save": "",
                                "sub/course.py: module": ""}),
        _BROAD,
        ["sub/course.py: save is listed as an exception, and is none"],
    ),
    "runs or unpickles": (
        partial(harmless, listed={}),
        _UNSAFE,
        ["sub/course.py:2 uses pickle", "sub/course.py:3 uses torch.load",
         "sub/course.py:5 uses torch.load", "sub/course.py:6 uses eval",
         "sub/course.py:7 uses exec"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_each_rule_can_fail(fault: str, tmp_path: Path) -> None:
    """A small package that breaks a rule is complained about, and nothing else in it is."""
    rule, text, complaints = BROKEN[fault]
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/course.py").write_text(text)

    assert sorted(rule(tmp_path)) == sorted(complaints)
