"""The markers of otter assign in a code cell: one text becomes the reference and the stub.

The rules are those of otter's documentation ("Solution Removal"). A line that ends in `# SOLUTION`
is a prompt `...` in the stub, or keeps what stands before the equals sign; `# SOLUTION NO PROMPT`
leaves nothing; between `# BEGIN SOLUTION` and `# END SOLUTION` stands the solution; a string whose
quotes are marked `# BEGIN PROMPT` and `# END PROMPT` is what the student sees instead. `# IGNORE`
belongs to neither. `# SEED` lines and plugins have no place here and are told.
"""

import ast
import json
import re
from dataclasses import dataclass

from grader.errors import CourseError
from grader.imports import otter_python as python

PROMPT = "..."

# Targets that are names, attributes or items, and one equals sign; no two ways to read a line.
_ASSIGNMENT = re.compile(r"(\s*[\w.]+(?:\[[^\]]*\])*(?:\s*,\s*[\w.]+(?:\[[^\]]*\])*)*\s*=)(?!=)")
_SOLUTION = re.compile(r"\s*# ?SOLUTION\b.*")
_BEGIN = re.compile(r"(\s*)# BEGIN SOLUTION( NO PROMPT)?")
_OLD = re.compile(r"\s*##\s*solution\s*##\s*", re.IGNORECASE)
_BEGIN_IGNORE = re.compile(r"\s*#\s*BEGIN\s*IGNORE\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Split:
    """A code cell in both versions. `is_marked` where they may differ; `notes` what is lost."""

    reference: str
    stub: str
    is_marked: bool = False
    notes: tuple[str, ...] = ()


def split(text: str, question: str, label: str) -> Split:
    """Tell solution and stub apart.

    In the stub, the first prompt in the body of a function raises NotImplementedError, as the stubs
    of a course do; one that stands for a value, or at the top of the file, is `...`.

    Args:
        text: the cell, without commands to Jupyter.
        question: its name stands in the error of a stub.
        label: names the cell in messages.

    Raises:
        CourseError: a block is not closed or not opened, or a version of the cell is no Python.
    """
    reader = _read(text, label, is_gentle=False)
    python.parse(reader.reference_text, f"{label}, with its solution")
    try:
        python.parse(reader.stub_text, label)
    except CourseError:
        # A block that lost all its lines: what otter leaves there is no Python either.
        reader = _read(text, label, is_gentle=True)
        python.parse(reader.stub_text, f"{label}, without its solution")
    stub = raising(reader.stub_text, question) if reader.is_marked else reader.stub_text
    return Split(reader.reference_text, stub, reader.is_marked, tuple(reader.notes))


@dataclass
class _Reader:
    """Goes through the lines of one cell."""

    label: str
    # Whether a prompt stands also where the author asked for none.
    is_gentle: bool

    def __post_init__(self) -> None:
        self.reference: list[str] = []
        self.stub: list[str] = []
        self.notes: list[str] = []
        self.is_marked = False
        self.block = ""

    @property
    def reference_text(self) -> str:
        """The cell with its solution."""
        return _joined(self.reference)

    @property
    def stub_text(self) -> str:
        """The cell without it."""
        return _joined(self.stub)

    def take(self, line: str, number: int) -> None:
        """Take the next line."""
        end = line.rstrip()
        if end.endswith("# IGNORE") or _OLD.fullmatch(line):
            return
        for block in ("IGNORE", "SOLUTION", "PROMPT", "PLUGIN"):
            if end.endswith(f"# END {block}"):
                self._close(block, number)
                return
        opened = self._opens(line)
        if opened and self.block:
            raise self._refusal(number, f"a {opened} begins inside a {self.block}")
        if opened:
            self.block = opened
            self.is_marked |= opened in ("SOLUTION", "PROMPT")
            begin = _BEGIN.match(line)
            if begin and (self.is_gentle or not begin[2]):
                self.stub.append(begin[1] + PROMPT)
        else:
            self._plain(line, end)

    def _opens(self, line: str) -> str:
        """Name the block that a line opens, "" for none."""
        end = line.rstrip()
        if _BEGIN.match(line):
            return "SOLUTION"
        if _BEGIN_IGNORE.fullmatch(line):
            return "IGNORE"
        if end.endswith("# BEGIN PROMPT"):
            return "PROMPT"
        if end.endswith(("# BEGIN PLUGIN", "# BEGIN PLUGIN EXPORT")):
            self.notes.append("a plugin of otter's")
            return "PLUGIN"
        return ""

    def _close(self, block: str, number: int) -> None:
        if self.block != block:
            raise self._refusal(number, f"# END {block} has no # BEGIN {block}")
        self.block = ""

    def _plain(self, line: str, end: str) -> None:
        """Take a line that neither opens nor closes a block."""
        if self.block in ("IGNORE", "PLUGIN"):
            return
        if self.block == "PROMPT":
            self.stub.append(line)
        elif end.endswith("# SEED"):
            self.notes.append(f"the seed `{end.removesuffix('# SEED').strip()}`")
        elif self.block == "SOLUTION":
            self.reference.append(_SOLUTION.sub("", line))
        elif mark := _SOLUTION.search(line):
            self.is_marked = True
            code = line[: mark.start()]
            self.reference.append(code)
            target = _ASSIGNMENT.match(code)
            indent = code[: len(code) - len(code.lstrip())]
            if self.is_gentle or not end.endswith("# SOLUTION NO PROMPT"):
                self.stub.append(f"{target[1]} {PROMPT}" if target else indent + PROMPT)
        else:
            self.reference.append(line)
            self.stub.append(line)

    def _refusal(self, number: int, sentence: str) -> CourseError:
        return CourseError(f"{self.label}, line {number}: {sentence}; close each block that begins")


def _read(text: str, label: str, *, is_gentle: bool) -> _Reader:
    reader = _Reader(label, is_gentle)
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(line, number)
    if reader.block:
        raise CourseError(f"{label}: # BEGIN {reader.block} has no # END {reader.block}")
    return reader


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def raising(stub: str, question: str) -> str:
    """Let the first prompt of each function that is a statement of its own raise.

    Args:
        stub: Python with prompts.
        question: its name stands in the error.
    """
    tree = python.parse(stub, question)
    names: dict[int, tuple[int, str]] = {}
    # From the outside in, so that a line belongs to the innermost function around it.
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            prompts = [(node.lineno, node.col_offset) for node in ast.walk(function)
                       if isinstance(node, ast.Expr) and _is_prompt(node.value)]  # fmt: skip
            for line, column in sorted(prompts)[:1]:
                names[line] = (column, function.name)
    lines = stub.split("\n")
    for line, (column, name) in names.items():
        words = json.dumps(f"{name}: {question}", ensure_ascii=False)
        lines[line - 1] = f"{lines[line - 1][:column]}raise NotImplementedError({words})"
    return "\n".join(lines)


def _is_prompt(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
