"""The documents are true: each file they show is written, each command typed, each table compared.

A page is followed as a reader would: from top to bottom, in a copy of the course. A block of code
below a bold path is that file, a console block is typed line by line, and what it prints is held
against what the page shows.
"""

import copy
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch import nn

from grader import course, expect, fixtures
from grader.errors import CourseError
from grader.expect.tolerance import tolerance
from grader.records import Limits, Outcome

ROOT = Path(__file__).parents[2]
TUTORIAL = "docs/write-an-exercise.md"
CHECKS = "docs/checks.md"
FOLLOWED = ("README.md", TUTORIAL)
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "design/*.md")
    for path in ROOT.glob(pattern)
)

# A block of code, with the bold path that may stand above it.
BLOCK = re.compile(
    r"(?:^\*\*(?P<path>[^*\n]+)\*\*(?P<end>, at the end:)?\n\n)?"
    r"^```(?P<kind>[a-z]*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# What differs from run to run and from machine to machine.
VARYING = (
    (re.compile(r"[0-9.]+ s, seed [0-9]+"), "T s, seed N"),
    (re.compile(r"\b[0-2][0-9]:[0-5][0-9]\b"), "HH:MM"),
    (re.compile(r"in [0-9.]+s"), "in T s"),
    (re.compile(r"released, [0-9.]+ s"), "released, T s"),
    (re.compile(r"needs [0-9.]+ s of ([0-9]+) s, [0-9]+ MiB"), r"needs T s of \1 s, N MiB"),
    (re.compile(r"\n\n +not confined\b[^\n]*(\n +[^\n]+)*\s*\Z"), "\n"),
)


@dataclass(frozen=True)
class File:
    """A file that a page shows."""

    path: str
    text: str
    is_appended: bool


@dataclass(frozen=True)
class Command:
    """A line that a page types, and what it shows below."""

    line: str
    shown: str


def read(page: str) -> str:
    """Read a document."""
    return (ROOT / page).read_text(encoding="utf-8")


def steps(text: str) -> list[File | Command]:
    """List what a page does, in order."""
    found: list[File | Command] = []
    for block in BLOCK.finditer(text):
        if block["path"]:
            found.append(File(block["path"], block["body"], block["end"] is not None))
        elif block["kind"] == "console":
            typed = re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]
            found += [Command(*part.partition("\n")[::2]) for part in typed]
    return found


def table(page: str, header: str) -> list[list[str]]:
    """Read the rows below a table's header, cell by cell, without backquotes around a cell."""
    rows = read(page).partition(f"\n| {header} |")[2].split("\n")[2:]
    found = []
    for row in rows:
        if not row.startswith("| "):
            break
        found.append([cell.strip().strip("`") for cell in row.strip("|").split(" | ")])
    return found


def steady(text: str) -> str:
    """Write a text without times, seeds and what depends on the machine."""
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text.rstrip()


def type_in(root: Path, line: str, code: int) -> subprocess.CompletedProcess[str]:
    """Type a command in a folder; `code` is how the one before ended."""
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    programs = str(Path(sys.executable).parent)
    environment["PATH"] = programs + os.pathsep + environment.get("PATH", "")
    return subprocess.run(
        ["sh", "-c", f"(exit {code})\n{line}"],
        cwd=root,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def follow(page: str, root: Path) -> list[tuple[Command, str]]:
    """Do what a page says in the course at `root`; each command with what it printed."""
    done: list[tuple[Command, str]] = []
    code = 0
    for step in steps(read(page)):
        if isinstance(step, File):
            with (root / step.path).open("a" if step.is_appended else "w", encoding="utf-8") as f:
                f.write(step.text)
        else:
            ended = type_in(root, step.line, code)
            code = ended.returncode
            done.append((step, ended.stdout + ended.stderr))
    return done


@pytest.fixture
def root(tmp_path):
    """A copy of the course."""
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for folder in (ROOT / "tests").glob("exercise-*"):
        shutil.copytree(folder, tmp_path / "tests" / folder.name)
    for name in ("gradebook.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", FOLLOWED)
def test_commands_print_what_the_page_shows(page, root):
    """Whoever follows a page sees what it shows: scores, sentences, diagnoses and exit codes."""
    done = follow(page, root)

    assert len(done) > 2
    for command, printed in done:
        assert (command.line, steady(printed)) == (command.line, steady(command.shown))


def test_tutorial_leaves_nothing_to_guess():
    """Each block of the tutorial is a whole file or something to type."""
    unlabelled = [
        block["body"]
        for block in BLOCK.finditer(read(TUTORIAL))
        if not block["path"] and block["kind"] != "console"
    ]

    assert unlabelled == []
    assert read(TUTORIAL).count("\n```") == 2 * len(list(BLOCK.finditer(read(TUTORIAL))))


def test_steps_of_a_page():
    """A bold path names a file, `$` begins a command, and what follows is what it prints."""
    page = (
        "**a.py**\n\n```python\nx = 1\n```\n\n"
        "```console\n$ ls\na.py\n$ true\n```\n\n```sh\nno\n```\n"
    )

    assert steps(page) == [
        File("a.py", "x = 1\n", is_appended=False),
        Command("ls", "a.py\n"),
        Command("true", ""),
    ]


def test_set_up_is_two_commands():
    """The README gives one command to use the grader and one to test it, each in its own block."""
    commands = re.findall(r"^```sh\n(pip .*)\n```$", read("README.md"), re.MULTILINE)

    assert commands == [
        "pip install -c constraints.txt -e . && grade exercise-03",
        "pip install -c constraints.txt -e '.[test]' && pytest",
    ]


def test_expectations_are_listed():
    """The reference lists every expectation, in the order of the alphabet, each with an example."""
    rows = table(CHECKS, "function | expects | example")

    assert [name for name, *_ in rows] == sorted(expect.__all__)
    for name, _, example in rows:
        assert example.startswith(f"expect.{name}(")


def test_examples_hold_for_the_reference():
    """Every example of the reference runs, and the course's references meet it."""
    here = course.load(ROOT)
    names = {}
    for exercise in here.exercises:
        names |= vars(fixtures.load_module(exercise.reference_dir, exercise))
    module = type(sys)("references")
    vars(module).update(names)
    generator = torch.Generator().manual_seed(here.seed or 0)
    scope = {
        "copy": copy,
        "expect": expect,
        "nn": nn,
        "normal": lambda *shape: torch.randn(shape, generator=generator),
        "reference": module,
        "student": fixtures.Local(module, module),
        "torch": torch,
    }
    start = read(CHECKS).index("The examples use this:")
    block = BLOCK.search(read(CHECKS), start)
    assert block is not None
    exec(block["body"], scope)

    for *_, example in table(CHECKS, "function | expects | example"):
        exec(example, scope)


@pytest.mark.parametrize("name", ["same", "gradients", "unchanged", "cost", "settings"])
def test_no_reference_is_the_checks_fault(name):
    """Without a reference, an expectation that asks it blames the check, not the student."""
    mean = fixtures.LocalFunction(torch.mean, None)

    with pytest.raises(CourseError, match="a visible check has to do without"):
        getattr(expect, name)(mean, torch.ones(3))


def test_tolerances_are_listed():
    """The reference gives the tolerance of every dtype, for sums of three lengths."""
    header = "dtype | t for 10 terms | for 100 | for 2048 | always told apart"
    listed = {
        getattr(torch, dtype): shares
        for dtypes, *shares, _ in table(CHECKS, header)
        for dtype in dtypes.split(", ")
    }

    assert len(listed) == 6
    for dtype, shares in listed.items():
        assert shares == [f"{tolerance(dtype, terms):.1e}" for terms in (10, 100, 2048)]


def test_fixtures_are_listed():
    """The reference lists every fixture that the plugin brings, and no other."""
    brought = {
        name
        for name, value in vars(fixtures).items()
        if type(value).__name__ == "FixtureFunctionDefinition"
    }

    assert {name for name, _ in table(CHECKS, "fixture | gives")} == brought


def test_marks_are_listed(request):
    """The marks of the reference are those that the plugin registers."""
    registered = {line.partition(":")[0] for line in request.config.getini("markers")}

    listed = {mark for mark, _ in table(CHECKS, "mark | says")}
    assert listed == {"points(n)", "needs(id)", "shows(level, reveal)"}
    assert listed <= registered


def test_verdicts_are_listed():
    """The reference lists every verdict."""
    assert [verdict for verdict, _ in table(CHECKS, "verdict | when")] == list(Outcome)


def limits(folder, written):
    """Load a gradebook with these limits."""
    entry = "  - {id: exercise-90, title: Rows, files: [rows.py], points: 1}\n"
    text = f"course: One\nlimits: {{{written}}}\nexercises:\n{entry}"
    (folder / "gradebook.yml").write_text(text, encoding="utf-8")
    return course.load(folder).exercises[0].limits


def test_limits_are_listed(tmp_path):
    """The reference lists every limit of gradebook.yml, with its units and its default."""
    rows = table(CHECKS, "limit | bounds | unit | if nobody names it")
    with pytest.raises(CourseError) as caught:
        limits(tmp_path, "anything: 1")

    assert str(caught.value).endswith("write one of " + ", ".join(key for key, *_ in rows))
    for key, _, units, default in rows:
        if key == "wall":
            continue
        assert limits(tmp_path, f"{key}: {default}") == Limits()
        for unit in units.split(", ") if units != "a number" else ():
            limits(tmp_path, f"{key}: 60 {unit}" if unit != "h" else f"{key}: 1 {unit}, wall: 2 h")
    assert limits(tmp_path, "time: 20 s").wall_s == 120
    assert limits(tmp_path, "time: 1 s").wall_s == 60


@pytest.mark.parametrize("page", DOCUMENTS)
def test_links_lead_somewhere(page):
    """A link to a file of the repository leads to one."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", read(page))

    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", [page for page in DOCUMENTS if page.startswith("design/")])
def test_notes_name_tests_that_exist(page):
    """A design note names the tests that hold it, and they exist."""
    written = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/*.py"))
    named = re.findall(r"`(test_\w+)`", read(page))

    assert named != []
    assert [name for name in named if f"def {name}(" not in written] == []


def test_rooms_of_the_note_on_names_exist():
    """Each room that the note on names explains is a module or a package."""
    page = "design/names.md"
    rooms = [row[0] for row in table(page, "planned | is | parts, and why")]
    rooms += [row[0] for row in table(page, "room | floor | why")]
    places = [ROOT / "grader" / room.replace(".", "/") for room in rooms]

    assert len(rooms) > 10
    assert [p for p in places if not (p.is_dir() or p.with_suffix(".py").is_file())] == []
