"""The laws of the house, read from the imports of every file in `grader/`.

The table of floors and rooms below is the whole package, in order: an import goes to a room that
stands before its own. Each law is a function from a folder of files to a list of complaints; each
is applied to the real package, and to a small one that breaks it, to show that it can complain.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

import grader

HOUSE = "grader"

PACKAGE = Path(grader.__file__).parent

Floors = Sequence[Sequence[str]]

# From the ground up; on a floor, from the first room to the last. A package stands after its own
# modules where it imports them, and before them where they stand on its docstring alone.
FLOORS: Floors = (
    (HOUSE, "asking", "errors", "records"),
    ("yamlfile", "quantities", "policy", "course", "hints", "marks", "notebook", "forms",
     "handout", "submissions", "roster", "commits", "stubs",
     "archives", "downloads", "intake", "scoring", "received", "workflows",
     "memory", "items", "similarity",
     "similarity.traits", "similarity.odds", "distribution",
     "changes", "mutants",
     "seal", "seal.keys", "seal.packing", "seal.box", "seal.parts", "seal.closing",
     "imports", "imports.entry", "imports.exercise", "imports.scopes", "imports.names",
     "imports.blanks", "imports.cells", "imports.statements", "imports.cautions",
     "imports.solution_files", "imports.check_bodies", "imports.nbgrader_cells",
     "imports.nbgrader_texts", "imports.nbgrader_tests", "imports.nbgrader",
     "imports.otter_python", "imports.otter_points", "imports.otter_markers",
     "imports.otter_nouns", "imports.otter_cases", "imports.otter_lines", "imports.otter_tests",
     "imports.otter_config", "imports.otter_cells", "imports.otter_checks",
     "imports.otter_master", "imports.otter_beside", "imports.otter", "imports.sources"),
    (
        "sandbox", "sandbox.environment",
        "sandbox.wire.frames", "sandbox.wire.plain", "sandbox.wire.tensors",
        "sandbox.wire.modules", "sandbox.wire.optimizers", "sandbox.wire.generators",
        "sandbox.wire.values", "sandbox.wire.seen", "sandbox.wire",
        "sandbox.walls.kernel", "sandbox.walls.paths", "sandbox.walls.syscalls",
        "sandbox.walls.seccomp", "sandbox.walls.landlock", "sandbox.walls.process",
        "sandbox.walls.namespaces", "sandbox.walls.cgroups", "sandbox.walls.identity",
        "sandbox.walls",
        "sandbox.child", "sandbox.child.warm", "sandbox.child.cells",
        "sandbox.child.loader", "sandbox.child.tables",
        "sandbox.child.state",
        "sandbox.child.witness", "sandbox.child.service", "sandbox.child.practice",
        "sandbox.child.hugepages",
        "sandbox.child.zygote",
        "sandbox.child.__main__",
        "sandbox.raised", "sandbox.graph", "sandbox.proxy", "sandbox.launch", "sandbox.scratch",
        "sandbox.place", "sandbox.usage", "sandbox.terms", "sandbox.room",
        "sandbox.host",
    ),
    (
        "translate.row", "translate.pytorch", "translate.layers", "translate.python", "translate",
        "signatures.guess", "signatures.ratios", "signatures.orders", "signatures.parts",
        "signatures.curves", "signatures.floors", "signatures.kinds", "signatures",
        "mistakes", "turns", "replay",
        "expect.wording", "expect.excerpts", "expect.pictures", "expect.arguments",
        "expect.watching", "expect.tolerance", "expect.values",
        "expect.reference", "expect.graph", "expect.gradients", "expect.modules", "expect.purity",
        "expect.training", "expect.floors", "expect.learning",
        "expect.operations", "expect.state", "expect.varying",
        "expect.invariance", "expect.registry", "expect",
    ),
    ("plugin", "fixtures", "shown", "checks", "told", "withheld", "residue", "known", "fault",
     "given", "diagnosis", "bound", "closed", "precedents", "sitting", "session", "survey",
     "convergence"),
    (
        "reports", "reports.reading", "reports.pictures", "reports.attempt",
        "reports.layout", "reports.sentences",
        "reports.terminal", "reports.progress", "reports.ladder", "reports.spread",
        "reports.page.style", "reports.page.markup",
        "reports.page.findings", "reports.page.charts", "reports.page.told", "reports.page",
        "reports.overview", "reports.overview.text", "reports.overview.charts",
        "reports.overview.page", "reports.overview.fields", "reports.likeness", "reports.exports",
        "reports.exports.text", "reports.exports.size", "reports.exports.cells",
        "reports.exports.points",
        "reports.exports.told", "reports.exports.autolab", "reports.exports.classroom",
        "reports.exports.classroom50", "reports.exports.csv_table", "reports.exports.exercism",
        "reports.exports.gradescope", "reports.exports.junit", "reports.exports.markdown",
        "reports.exports.prairielearn", "reports.exports.annotations", "reports.sheet",
        "reports.exports.summary", "reports.exports.registry",
        "reports.exports.edited", "reports.exports.roll", "reports.exports.filling",
        "reports.exports.canvas", "reports.exports.moodle", "reports.exports.nbgrader",
        "reports.exports.scores",
        "gradebook", "gradebook.address", "gradebook.points", "gradebook.standing",
        "gradebook.difference", "gradebook.columns", "gradebook.schema", "gradebook.fresh",
        "gradebook.fault",
        "gradebook.migrations", "gradebook.migrations.versions",
        "gradebook.migrations.versions.r0001", "gradebook.migrations.env", "gradebook.migrate",
        "gradebook.connect", "gradebook.rows", "gradebook.store", "gradebook.agreement",
        "gradebook.queries",
        "gradebook.standings", "gradebook.tallies", "gradebook.overview", "gradebook.roll",
        "gradebook.rescore",
    ),
    (
        "opened",
        "doctor", "nursery", "trusted", "standby", "serving", "watching", "judges", "batch",
        "calibration",
        "release.tree", "release.book", "release.front", "release.views", "release.code",
        "release.given", "release.needles", "release.leaks", "release.folder", "release",
        "rehearsal.proof", "rehearsal.cast", "rehearsal.bench", "rehearsal.declared",
        "rehearsal.written", "rehearsal.sizes", "rehearsal.trials", "rehearsal.alone",
        "rehearsal",
        "arena", "attack", "desk",
        "autograder.packing", "autograder.wheel", "autograder.classroom50", "autograder",
    ),
    ("verbs", "verbs.screen", "verbs.choice", "verbs.complete", "verbs.again", "verbs.keyboard",
     "verbs.watch",
     "verbs.serve", "verbs.doctor", "verbs.sealed", "verbs.seal", "verbs.exercise",
     "verbs.release", "verbs.pushed", "verbs.action",
     "verbs.progress", "verbs.hint", "verbs.reset", "verbs.packed", "verbs.book",
     "verbs.classes", "verbs.export",
     "verbs.rehearse", "verbs.calibrate", "verbs.notebook", "verbs.import_",
     "verbs.batch",
     "verbs.rescore",
     "verbs.diff",
     "verbs.report", "verbs.similar", "verbs.mark", "verbs.override", "verbs.extend",
     "verbs.magic", "cli", "judge",
     "autograder.__main__", "__main__"),
)  # fmt: skip

DOORS = frozenset({
    "__main__", "verbs.choice", "cli", "judge", "verbs.watch", "verbs.serve", "verbs.batch",
    "verbs.doctor", "verbs.exercise", "verbs.progress", "verbs.hint", "verbs.reset",
    "verbs.rehearse", "verbs.calibrate", "verbs.notebook", "verbs.book", "verbs.rescore",
    "verbs.diff", "verbs.report", "verbs.similar", "verbs.sealed", "verbs.seal",
    "verbs.action", "verbs.release", "verbs.packed", "verbs.classes", "verbs.import_",
})  # fmt: skip

# Imports by name: what an import statement cannot say.
BY_NAME = {
    "sandbox.child.warm": "torch has to be imported with the collector off, and the real compiler "
    "only when something other than eager code asks for it",
    "sandbox.child.loader": "the names are those of the student's files",
    "cli": "a verb is loaded when it is asked for, so that none waits for another's imports",
    "gradebook.connect": "Alembic is half of what opening a gradebook costs, and seldom needed",
    HOUSE: "the command of notebooks is a door, and is brought in where `%load_ext` asks for it",
    "plugin": "the fixtures bring torch, which is only wanted inside a course",
}

# All that the child can reach, and so all that a student can read.
CHILD = "sandbox.child"
REACHABLE = frozenset({HOUSE, "errors", "sandbox"})
REACHABLE_TREES = ("sandbox.wire", "sandbox.walls", CHILD)

# What `reports` may know, beside each other.
REPORTED = frozenset({"errors", "items", "records", "scoring", "similarity"})


@dataclass(frozen=True)
class Import:
    """One import of a room of the house."""

    room: str
    line: int
    # For types only: under `if TYPE_CHECKING`, so that it never happens.
    is_typing: bool


@dataclass(frozen=True)
class Room:
    """One file: its name within the house, its text and its tree."""

    name: str
    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file's syntax tree."""
        return ast.parse(self.text)

    def at(self, node: ast.AST) -> str:
        """Name a place in the file."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


House = Mapping[str, Room]


def read(folder: Path) -> dict[str, Room]:
    """Read every file below a folder, by the name it has within the house."""
    house = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        name = ".".join(parts) or HOUSE
        house[name] = Room(name, str(path.relative_to(folder)), path.read_text(encoding="utf-8"))
    return house


def statements(
    node: ast.AST, is_typing: bool = False, is_inside: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    """Find import statements: each with whether it is for types only, and inside a function."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import() | ast.ImportFrom():
                yield child, is_typing, is_inside
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from statements(child, is_typing, True)
            case ast.If(test=ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                for branch, is_for_types in ((child.body, True), (child.orelse, is_typing)):
                    part = ast.Module(branch, [])
                    yield from statements(part, is_for_types, is_inside)
            case _:
                yield from statements(child, is_typing, is_inside)


def imports(room: Room, house: House) -> list[Import]:
    """List what a room imports of the house."""
    found = []
    for node, is_typing, _ in statements(room.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            base = "." * node.level + (node.module or "")
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            if name.split(".")[0] in (HOUSE, ""):
                found.append(Import(room_of(name, house), node.lineno, is_typing))
    return found


def room_of(name: str, house: House) -> str:
    """Find the room that a dotted name lies in; of a relative name, the name itself."""
    if name.startswith("."):
        return name
    parts = name.split(".")[1:]
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in house:
            return ".".join(parts[:end])
    return HOUSE


def calls(room: Room, names: frozenset[str]) -> list[ast.Call]:
    """Find calls of functions by the last part of their names."""
    return [
        node
        for node in ast.walk(room.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names
    ]


def unused(listed: Mapping[str, str], used: set[str]) -> list[str]:
    """Complain about exceptions that nothing needs."""
    return [f"{name} is listed as an exception, and is none" for name in listed.keys() - used]


# The laws


def complete(house: House, floors: Floors) -> list[str]:
    """Every file is a room of the table, and every room a file."""
    listed = [name for floor in floors for name in floor]
    return [
        *(f"{house[name].path} is not in the table of floors" for name in house.keys() - {*listed}),
        *(
            f"the table lists {name}, and there is no such file"
            for name in {*listed} - house.keys()
        ),
    ]


def downwards(house: House, floors: Floors) -> list[str]:
    """An import goes to a lower floor or to a room before; for types, at most along the floor.

    So no import leads back to where it came from: there is no cycle.
    """
    places = {name: (f, r) for f, floor in enumerate(floors) for r, name in enumerate(floor)}
    complaints = []
    for room in house.values():
        here = places.get(room.name, (-1, -1))
        for found in imports(room, house):
            there = places.get(found.room, (len(floors), 0))
            is_right = there[0] <= here[0] if found.is_typing else there < here
            if not is_right:
                complaints.append(f"{room.path}:{found.line} imports {found.room}: not downwards")
    return complaints


def not_in_functions(house: House) -> list[str]:
    """No import hides in a function, save in the doors, with its reason in a comment."""
    complaints = []
    for room in house.values():
        said: set[int] = set()
        for node, _, is_inside in statements(room.tree):
            if not is_inside:
                continue
            where = room.at(node)
            if room.name not in DOORS:
                complaints.append(f"{where} imports inside a function")
            # Imports on the lines that follow share the reason of the first.
            elif has_reason(room.text, node.lineno) or node.lineno - 1 in said:
                said.add(node.lineno)
            else:
                complaints.append(f"{where} imports inside a function without saying why")
    return complaints


def has_reason(text: str, line: int) -> bool:
    """Look for a comment on a line or right above it that says more than a linter's code."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_above = token.start[0] == line - 1 and not token.line[: token.start[1]].strip()
        if token.type == tokenize.COMMENT and (token.start[0] == line or is_above):
            return bool(re.sub(r"#|(noqa|type): ?\w+(\[[\w-]+\])?", "", token.string).strip())
    return False


def by_name(house: House, listed: Mapping[str, str] = BY_NAME) -> list[str]:
    """No import by name, save where a statement cannot say it."""
    names = frozenset({"import_module", "import_plugin", "__import__"})
    found = {room.name: calls(room, names) for room in house.values()}
    complaints = [
        f"{house[name].at(node)} imports by name"
        for name, nodes in found.items()
        for node in nodes
        if name not in listed
    ]
    return complaints + unused(listed, {name for name, nodes in found.items() if nodes})


def readable(house: House) -> list[str]:
    """What the child can reach is the wire, the walls, the errors and itself."""
    complaints = []
    waiting = [name for name in house if is_in(name, CHILD)]
    seen = set(waiting)
    while waiting:
        room = house[waiting.pop()]
        for found in imports(room, house):
            # Who imports a room imports the packages around it, too.
            for name in house.keys() & {found.room, *lineage(found.room)} - seen:
                seen.add(name)
                if name in REACHABLE or any(is_in(name, tree) for tree in REACHABLE_TREES):
                    waiting.append(name)
                else:
                    complaints.append(f"{room.path}:{found.line} lets a student read {name}")
    return complaints


def is_in(name: str, tree: str) -> bool:
    """Whether a room is a package, or inside it."""
    return f"{name}.".startswith(f"{tree}.")


def lineage(name: str) -> list[str]:
    """List the packages around a room."""
    parts = name.split(".")
    return [HOUSE, *(".".join(parts[:end]) for end in range(1, len(parts)))]


def reporting(house: House) -> list[str]:
    """Reports know records, errors, scoring and each other only."""
    return [
        f"{room.path}:{found.line} imports {found.room} into a report"
        for room in house.values()
        if is_in(room.name, "reports")
        for found in imports(room, house)
        if found.room not in REPORTED and not is_in(found.room, "reports")
    ]


LAWS: dict[str, Callable[[House], list[str]]] = {
    "complete": lambda house: complete(house, FLOORS),
    "downwards": lambda house: downwards(house, FLOORS),
    "not in functions": not_in_functions,
    "by name": by_name,
    "readable": readable,
    "reporting": reporting,
}


@pytest.mark.parametrize("law", LAWS)
def test_the_house_keeps_its_laws(law: str) -> None:
    """The package as it is gives no cause to complain."""
    assert LAWS[law](read(PACKAGE)) == []


# That each law can fail


SMALL: Floors = (("errors",), ("course", "scoring"), ("session",))

BROKEN: dict[str, tuple[Callable[[House], list[str]], dict[str, str], list[str]]] = {
    "a room that is not listed": (
        lambda house: complete(house, SMALL),
        {"errors": "", "course": "", "scoring": "", "session": "", "utils": ""},
        ["utils.py is not in the table of floors"],
    ),
    "a listed room that is gone": (
        lambda house: complete(house, SMALL),
        {"errors": "", "course": "", "session": ""},
        ["the table lists scoring, and there is no such file"],
    ),
    "an import that goes up": (
        lambda house: downwards(house, SMALL),
        {"course": "import os\nfrom grader.session import grade", "session": ""},
        ["course.py:2 imports session: not downwards"],
    ),
    "an import of a later room": (
        lambda house: downwards(house, SMALL),
        {"course": "from grader import errors, scoring", "errors": "", "scoring": ""},
        ["course.py:1 imports scoring: not downwards"],
    ),
    "a cycle": (
        lambda house: downwards(house, SMALL),
        {"course": "import grader.scoring", "scoring": "import grader.course as here"},
        ["course.py:1 imports scoring: not downwards"],
    ),
    "a relative import": (
        lambda house: downwards(house, SMALL),
        {"session": "from .course import load", "course": ""},
        ["session.py:1 imports .course.load: not downwards"],
    ),
    "an import for types that goes up": (
        lambda house: downwards(house, SMALL),
        {
            "errors": "if TYPE_CHECKING:\n    from grader import course",
            "course": "if TYPE_CHECKING:\n    from grader import scoring",
            "scoring": "",
        },
        ["errors.py:2 imports course: not downwards"],
    ),
    "an import inside a function": (
        not_in_functions,
        {"course": "class Course:\n    def load(self):\n        import yaml  # It is slow."},
        ["course.py:3 imports inside a function"],
    ),
    "a door that does not say why": (
        not_in_functions,
        {"cli": "def main():\n    import yaml  # noqa: PLC0415\n\n    import os  # It is slow.\n"
                "    import re\n    # It is slow.\n    import click\n"},
        ["cli.py:2 imports inside a function without saying why"],
    ),
    "an import by name": (
        lambda house: by_name(house, {"plugin": "said"}),
        {"course": "import importlib\nimportlib.import_module('torch')"},
        ["course.py:2 imports by name", "plugin is listed as an exception, and is none"],
    ),
    "a child that reaches a course": (
        readable,
        {"sandbox/child/loader": "from grader.sandbox import wire", "sandbox/wire":
            "from grader import course, errors", "course": "", "errors": ""},
        ["sandbox/wire.py:1 lets a student read course"],
    ),
    "a child in a package that knows too much": (
        readable,
        {"sandbox/__init__": "import grader.course", "sandbox/child":
            "import grader.sandbox.wire", "sandbox/wire": "", "course": ""},
        ["sandbox/__init__.py:1 lets a student read course"],
    ),
    "a report that knows more than records": (
        reporting,
        {"reports/text": "from grader import course, records", "course": "", "records": ""},
        ["reports/text.py:1 imports course into a report"],
    ),
}  # fmt: skip


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write a small package."""
    for name, text in files.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("fault", BROKEN)
def test_each_law_can_fail(fault: str, tmp_path: Path) -> None:
    """A small package that breaks a law is complained about, and nothing else in it is."""
    law, files, complaints = BROKEN[fault]
    write(tmp_path, files)

    assert sorted(law(read(tmp_path))) == sorted(complaints)
