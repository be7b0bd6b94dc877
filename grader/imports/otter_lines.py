"""The statements of an assignment: what each binds, runs and mentions, and where it belongs.

A notebook runs from the top, and a statement in it that fails costs little. A file of an exercise
is loaded whole: a statement of the teacher's that calls what a student has not written yet would
cost all of it. So statements that nobody needs, that plot, that read files or are otter's own, are
dropped; and those that run the student's answers move into the checks that look at them.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.errors import CourseError
from grader.imports import names
from grader.imports import otter_python as python
from grader.imports.exercise import Left
from grader.imports.otter_nouns import Piece, Role

_PLOTS = frozenset({"IPython", "altair", "bokeh", "ipywidgets", "matplotlib", "mpl_toolkits",
                    "plotly", "seaborn", "tqdm"})  # fmt: skip
_READERS = frozenset({
    "fromfile", "genfromtxt", "imread", "loadtxt", "open", "read_csv", "read_excel", "read_json",
    "read_table", "urlopen", "urlretrieve",
})  # fmt: skip
_MAX_LINES = 5000  # statements of one assignment
_PLOTTING = "it needs {}, and what is graded here shows nothing"
_OTTER = "it is otter's own"
_READING = "what is graded here reads no files; write the data into the code"


@dataclass(frozen=True)
class Line:
    """One statement at the top of a file, with what it does to names.

    `is_given` tells that students get it as it stands; `role` and `place` are those of its cell.
    """

    node: ast.stmt
    role: Role
    is_given: bool
    place: str

    @cached_property
    def text(self) -> str:
        """Write it as one piece, without comments."""
        return ast.unparse(self.node)

    @cached_property
    def _uses(self) -> names.Uses:
        return names.uses(self.node)

    @property
    def binds(self) -> frozenset[str]:
        """The names that it gives a value to."""
        return self._uses.binds

    @property
    def runs(self) -> frozenset[str]:
        """The names that it looks up at once; what stands in a function waits for its call."""
        return self._uses.now

    @property
    def mentions(self) -> frozenset[str]:
        """The names that it looks up at once or later."""
        return self._uses.reads

    @property
    def changes(self) -> frozenset[str]:
        """The names whose values it may change: x of x[0] = 1, x.a = 1 and x.clear()."""
        return self._uses.changes | self._uses.reaches

    @property
    def is_definition(self) -> bool:
        """Whether it defines a function or a class."""
        return isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

    @property
    def is_import(self) -> bool:
        """Whether it imports."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def is_shown(self) -> bool:
        """Whether it only shows something: a bare value, or a print."""
        match self.node:
            case ast.Expr(value=ast.Call(func=ast.Name(id="print" | "display" | "help"))):
                return True
            case ast.Expr(value=ast.Call() | ast.Await()):
                return False
        return isinstance(self.node, ast.Expr)


@dataclass(frozen=True)
class Sorted:
    """Every statement in its place.

    `kept` stay in the file, `moved` belong to the checks that need them. `lost` says of a name why
    nothing gives it any more. `student` are the names that a check asks the submission for. `told`
    is what a teacher should know of it.
    """

    kept: tuple[Line, ...]
    moved: tuple[Line, ...]
    lost: Mapping[str, str]
    student: frozenset[str]
    told: tuple[Left, ...]


def lines_of(piece: Piece) -> list[Line]:
    """List the statements of a cell, in its version with the solution."""
    stub = {ast.dump(node) for node in python.parse(piece.split.stub, piece.place).body}
    return [
        Line(node, piece.role, ast.dump(node) in stub, piece.place)
        for node in python.parse(piece.split.reference, piece.place).body
    ]


def sort_out(lines: Sequence[Line], asked: frozenset[str]) -> Sorted:
    """Decide for each statement where it belongs.

    Args:
        lines: all of them, in order.
        asked: the names that cases look up.

    Raises:
        CourseError: there are too many.
    """
    if len(lines) > _MAX_LINES:
        raise CourseError(f"{lines[0].place}: the assignment has {len(lines):,} statements; at "
                          f"most {_MAX_LINES:,} are read")  # fmt: skip
    told: list[Left] = []
    rest, lost = _without_lost(lines, told)
    rest = _without_unneeded(rest, asked)
    answers = frozenset(
        name
        for line in rest
        if line.role is not Role.GIVEN and not line.is_import
        for name in line.binds
    )
    moved = _dependent(rest, answers, told)
    gone = {id(line) for line in moved}
    kept = [line for line in rest if id(line) not in gone]
    used = {name for line in kept for name in line.mentions}
    kept = [line for line in kept if not line.is_import or line.binds & (used | {"*", "torch"})
            or "*" in line.text]  # fmt: skip
    student = frozenset(name for line in kept if not line.is_import for name in line.binds)
    return Sorted(tuple(kept), tuple(moved), lost, student, tuple(told))


def needed(lines: Sequence[Line], wanted_names: Iterable[str]) -> list[Line]:
    """Find those statements that give some names their values, with all that they need in turn."""
    wanted, found = set(wanted_names), set[int]()
    while True:
        new = {
            place
            for place, line in enumerate(lines)
            if place not in found and (line.binds | line.changes) & wanted
        }
        if not new:
            return [line for place, line in enumerate(lines) if place in found]
        found |= new
        wanted |= {name for place in new for name in lines[place].mentions}


def _without_lost(lines: Sequence[Line], told: list[Left]) -> tuple[list[Line], dict[str, str]]:
    """Drop what plots, reads files or is otter's, and all that needs it."""
    lost: dict[str, str] = {}
    kept = []
    for line in lines:
        why = _own_reason(line) or next((lost[name] for name in line.runs if name in lost), "")
        later = next((lost[name] for name in line.mentions if name in lost), "")
        if not why and later and line.is_definition:
            if line.role is Role.GIVEN:
                why = later
            else:
                told.append(Left(line.place, f"{python.shown(line.node)} is kept, but {later}"))
        if why and not line.is_shown and why != _OTTER and line.role is not Role.BY_HAND:
            told.append(Left(line.place, f"{python.shown(line.node)} is left out: {why}"))
        for name in line.binds:
            lost.pop(name, None)
            if why:
                lost[name] = why
        if not why and not line.is_shown:
            kept.append(line)
    return kept, lost


def _own_reason(line: Line) -> str:
    """Say why a statement has no place here, whatever it needs; "" for none."""
    match line.node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="grader")))):
            return _OTTER
    modules: list[str] = []
    match line.node:
        case ast.Import(names=names):
            modules = [alias.name.split(".")[0] for alias in names]
        case ast.ImportFrom(module=str(module)):
            modules = [module.split(".")[0]]
    if modules and all(module == "otter" for module in modules):
        return _OTTER
    for module in modules:
        if module in _PLOTS:
            return _PLOTTING.format(module)
    is_definition = isinstance(line.node, ast.FunctionDef | ast.ClassDef)
    return _READING if not is_definition and any(map(_reads, ast.walk(line.node))) else ""


def _reads(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch" | "np" | "numpy"), attr="load")):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _READERS
    return False


def _without_unneeded(lines: list[Line], asked: frozenset[str]) -> list[Line]:
    """Drop answers that a person grades, where nothing else looks at them."""
    wanted = set(asked) | {
        name for line in lines if line.role is not Role.BY_HAND for name in line.mentions
    }
    waiting = {id(line): line for line in lines if line.role is Role.BY_HAND}
    while new := [line for line in waiting.values() if line.binds & wanted]:
        for line in new:
            del waiting[id(line)]
            wanted |= line.mentions
    return [line for line in lines if id(line) not in waiting]


def _dependent(lines: Sequence[Line], answers: frozenset[str], told: list[Left]) -> list[Line]:
    """Find the teacher's statements that run answers, and for which nothing in the file waits."""
    plain = [line for line in lines if line.is_given and not line.is_definition
             and not line.is_import]  # fmt: skip
    is_plain = {id(line) for line in plain}
    # What students write, or the file defines; a statement of the teacher's may bind it anew.
    written = {name for line in lines if id(line) not in is_plain for name in line.binds}
    derived = set(answers & written)
    found: dict[int, Line] = {}
    for line in plain:
        if line.runs & derived:
            found[id(line)] = line
            derived |= line.binds
    while True:
        wanted = {name for line in lines if id(line) not in found for name in line.mentions}
        staying = [line for line in found.values() if line.binds & wanted]
        if not staying:
            return list(found.values())
        why = "is run as the file is loaded: nothing loads before the answers in it are there"
        for line in staying:
            told.append(Left(line.place, f"{python.shown(line.node)} {why}", is_lost=False))
            del found[id(line)]
