"""Master notebooks of `otter assign`: cells between markers become questions, pieces and texts.

A raw cell, or a block of markdown fenced as `otter`, opens or closes a block: a question, and in it
a prompt, a solution, tests. The old form, in which a question is a fenced block within a markdown
cell and a test is told by its first line, is read as well. Nothing is run: what a test expects is
the output that is stored with its cell.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.errors import CourseError
from grader.imports import otter_config as config
from grader.imports import otter_markers, otter_python
from grader.imports.exercise import Left
from grader.imports.otter_cells import Cell, Kind
from grader.imports.otter_nouns import Assignment, Case, Example, Piece, Question, Role

_BOUNDARY = re.compile(r"#\s+(begin|end)\s+(question|prompt|solution|tests)\b", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"#\s+assignment\s+config\b", re.IGNORECASE)
_IGNORED = re.compile(r"##?\s*ignore\b", re.IGNORECASE)
_FENCE = re.compile(r"^```otter[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_OLD_BLOCK = re.compile(
    r"^```[ \t]*\nBEGIN (QUESTION|ASSIGNMENT)\b[^\n]*\n(.*?)^```[ \t]*$",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_OLD_TEST = re.compile(r"\s*##?\s*(hidden\s+)?test\s*(##?)?\s*$", re.IGNORECASE)
_HIDDEN = re.compile(r"\s*#.*\bhidden\b", re.IGNORECASE)
_BEGIN_CONFIG = re.compile(r'\s*(?:\w\s*=\s*)?"""?\s*#\s*BEGIN\s*TEST\s*CONFIG', re.IGNORECASE)
_END_CONFIG = re.compile(r'\s*"""?\s*#\s*END\s*TEST\s*CONFIG', re.IGNORECASE)

# Keys of a configuration by which an assignment works otherwise than it does here.
_TOLD = {
    "config_file": "the settings in {} are not read; copy what matters to this course",
    "requirements": "to be installed where it is graded: {}",
    "plugins": "plugins of otter's have no place here",
}


def is_master(cells: Iterable[Cell]) -> bool:
    """Tell whether a notebook has the markers of a master."""
    return any(
        _begins(cell) or _OLD_BLOCK.search(cell.text)
        for cell in _unfenced(cells)
        if cell.kind is not Kind.CODE
    )


def read(cells: Sequence[Cell], name: str) -> Assignment:
    """Read a master notebook.

    Args:
        cells: all of its cells.
        name: the file's, which begins every place in it.

    Raises:
        CourseError: a block is out of place, or a cell cannot be read.
    """
    walk = _Walk()
    for cell in _unfenced(cells):
        walk.take(cell)
    return walk.result(name)


@dataclass
class _Open:
    """The question whose cells are being read."""

    name: str
    config: config.Config
    place: str
    is_manual: bool
    is_old: bool = False

    def __post_init__(self) -> None:
        self.cases: list[Case] = []


class _Walk:
    """Goes through the cells of one notebook."""

    def __init__(self) -> None:
        self.question: _Open | None = None
        self.block = ""
        self.block_place = ""
        self.name = ""
        self.is_ok_format = True
        self.texts: list[str] = []
        self.pieces: list[Piece] = []
        self.questions: list[Question] = []
        self.first_piece = 0  # of the question that is open
        self.left: list[Left] = []

    def take(self, cell: Cell) -> None:
        """Take the next cell."""
        first = cell.text.lstrip("\n").partition("\n")[0]
        if _IGNORED.match(first):
            return
        mark = _BOUNDARY.match(first) if cell.kind is Kind.RAW else None
        if cell.kind is Kind.RAW and _ASSIGNMENT.match(first):
            self._configure(config.read(cell.text, cell.place), cell.place)
        elif mark and mark[1].lower() == "begin":
            self._begin(mark[2].lower(), cell)
        elif mark:
            self._end(mark[2].lower(), cell)
        elif cell.kind is Kind.TEXT:
            self._text(cell)
        elif cell.kind is Kind.CODE:
            self._code(cell)

    def result(self, name: str) -> Assignment:
        """Give what was read."""
        if self.question is not None and not self.question.is_old:
            raise CourseError(
                f"{self.question.place}: the question {self.question.name} is not closed; end it "
                "with a raw cell `# END QUESTION`"
            )
        self._finish()
        title = self.name or _heading(self.texts) or os.path.splitext(name)[0]
        return Assignment(
            name, title, tuple(self.texts), tuple(self.pieces), tuple(self.questions),
            tuple(self.left),
        )  # fmt: skip

    def _configure(self, found: config.Config, place: str) -> None:
        self.name = config.words(found, "name")
        tests = config.inner(found, "tests")
        self.is_ok_format = config.flag(tests, "ok_format", place, otherwise=True)
        files = [*config.listed(found, "files"), *config.listed(found, "autograder_files")]
        if files:
            told = ", ".join(files)
            self._leave(place, f"{told}: what is graded here reads no files; write the data into "
                        "the code")  # fmt: skip
        if "variable" in config.inner(found, "seed"):
            self._leave(place, "otter's seeds are not carried over; the grader seeds each check",
                        is_lost=False)  # fmt: skip
        for key, sentence in _TOLD.items():
            if key in found:
                what = config.words(found, key) or ", ".join(config.listed(found, key)) or key
                self._leave(place, sentence.format(what))

    def _leave(self, place: str, why: str, *, is_lost: bool = True) -> None:
        self.left.append(Left(place, why, is_lost))

    def _begin(self, block: str, cell: Cell) -> None:
        if block == "question":
            if self.question is not None and not self.question.is_old:
                raise CourseError(f"{cell.place}: a question begins in {self.question.name}; close "
                                  "that one before with `# END QUESTION`")  # fmt: skip
            self._finish()
            self._ask(config.read(cell.text, cell.place), cell.place)
            return
        if self.question is None:
            raise CourseError(f"{cell.place}: `# BEGIN {block.upper()}` stands outside of any "
                              "question; begin one before")  # fmt: skip
        if self.block:
            raise CourseError(f"{cell.place}: a {block} block begins inside a {self.block} block; "
                              "close that one before")  # fmt: skip
        self.block, self.block_place = block, cell.place

    def _end(self, block: str, cell: Cell) -> None:
        if block == "question" and self.question is not None and not self.block:
            self._finish()
        elif self.block == block:
            self.block = ""
        else:
            raise CourseError(f"{cell.place}: `# END {block.upper()}` closes nothing; the block "
                              f"that is open is {self.block or 'none'}")  # fmt: skip

    def _ask(self, found: config.Config, place: str, *, is_old: bool = False) -> None:
        name = config.words(found, "name")
        if not name:
            raise CourseError(f"{place}: the question has no name; write `name: q1`")
        if any(question.name == name for question in self.questions):
            raise CourseError(f"{place}: there are two questions {name}; rename one")
        is_manual = config.flag(found, "manual", place)
        self.question = _Open(name, found, place, is_manual, is_old)
        self.first_piece = len(self.pieces)

    def _finish(self) -> None:
        """Close the question that is open."""
        asked, self.question = self.question, None
        if asked is None:
            return
        if asked.is_manual or not asked.cases:
            # Nothing here will look at it, and it must not keep the file from loading.
            own = self.pieces[self.first_piece :]
            self.pieces[self.first_piece :] = [replace(each, role=Role.BY_HAND) for each in own]
        self.questions.append(Question(
            name=asked.name,
            place=asked.place,
            points=config.points(asked.config, len(asked.cases), asked.place),
            is_manual=asked.is_manual,
            is_whole=config.flag(asked.config, "all_or_nothing", asked.place),
            cases=tuple(asked.cases),
        ))  # fmt: skip

    def _text(self, cell: Cell) -> None:
        for block in _OLD_BLOCK.finditer(cell.text):
            found = config.read(block[2], cell.place)
            if block[1].upper() == "ASSIGNMENT":
                self._configure(found, cell.place)
            else:
                self._finish()
                self._ask(found, cell.place, is_old=True)
        text = _OLD_BLOCK.sub("", cell.text).strip()
        is_solution = self.block == "solution" and "otter_include" not in cell.tags
        is_manual = self.question is not None and self.question.is_manual
        if text and not is_solution and not is_manual:
            self.texts.append(text)

    def _code(self, cell: Cell) -> None:
        asked = self.question
        is_old_test = asked is not None and _OLD_TEST.match(
            cell.text.lstrip("\n").partition("\n")[0]
        )
        if asked is not None and (self.block == "tests" or is_old_test):
            asked.cases.append(_case(cell, is_ok_format=self.is_ok_format))
            return
        if asked is not None and asked.is_old and asked.cases:
            # What follows the tests of a question in the old form belongs to none.
            self._finish()
            asked = None
        split = otter_markers.split(cell.text, asked.name if asked else cell.place, cell.place)
        self.left += [Left(cell.place, f"{note} is left out") for note in split.notes]
        is_answer = self.block in ("solution", "prompt") or split.is_marked
        role = Role.SOLUTION if is_answer else Role.GIVEN
        self.pieces.append(Piece(split, role, cell.place))


def _begins(cell: Cell) -> bool:
    first = cell.text.lstrip("\n").partition("\n")[0]
    return cell.kind is Kind.RAW and bool(_BOUNDARY.match(first) or _ASSIGNMENT.match(first))


def _unfenced(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Make raw cells of the blocks that are fenced as otter's."""
    for cell in cells:
        blocks = list(_FENCE.finditer(cell.text)) if cell.kind is Kind.TEXT else []
        at = 0
        for block in blocks:
            if before := cell.text[at : block.start()].strip("\n"):
                yield replace(cell, text=before)
            yield replace(cell, kind=Kind.RAW, text=block[1])
            at = block.end()
        if not blocks or cell.text[at:].strip():
            yield replace(cell, text=cell.text[at:].strip("\n") if blocks else cell.text)


def _case(cell: Cell, *, is_ok_format: bool) -> Case:
    """Read one test cell."""
    lines = cell.text.strip("\n").split("\n")
    is_hidden = bool(_HIDDEN.match(lines[0]))
    found: config.Config = {}
    if _BEGIN_CONFIG.match(lines[0]):
        end = next((n for n, line in enumerate(lines) if n and _END_CONFIG.match(line)), None)
        if end is None:
            raise CourseError(f'{cell.place}: the test config is not closed; end it with `""" # '
                              "END TEST CONFIG`")  # fmt: skip
        found = config.read("\n".join(lines[1:end]), cell.place)
        # Lines are kept, so that a message names the line of the cell.
        lines[: end + 1] = [""] * (end + 1)
    text = "\n".join(lines)
    tree = otter_python.parse(text, cell.place)
    examples: tuple[Example, ...] = ()
    function = _only_function(tree)
    if not function and not is_ok_format:
        raise CourseError(
            f"{cell.place}: a test cell holds one function, and a call of it at most, where the "
            "assignment says `ok_format: false`; split the cell"
        )
    if not function or (is_ok_format and cell.output):
        examples, function = _examples(tree, cell.output), ""
    return Case(
        name="",
        place=cell.place,
        examples=examples,
        function=function,
        is_hidden=config.flag(found, "hidden", cell.place, otherwise=is_hidden),
        points=config.single(found, cell.place),
        on_success=config.words(found, "success_message"),
        on_failure=config.words(found, "failure_message"),
    )


def _examples(tree: ast.Module, output: str) -> tuple[Example, ...]:
    """Make a dialogue of a cell: all output comes after its last statement, as otter has it."""
    codes = [ast.unparse(node) for node in tree.body]
    return tuple(
        Example(code, output if number == len(codes) else "")
        for number, code in enumerate(codes, 1)
    )


def _only_function(tree: ast.Module) -> str:
    """Find the function that is all of a cell, besides a call of it; "" for none."""
    match tree.body:
        case [ast.FunctionDef() as function]:
            return ast.unparse(function)
        case [
            ast.FunctionDef(name=name) as function,
            ast.Expr(value=ast.Call(func=ast.Name(id=called))),
        ] if name == called:
            return ast.unparse(function)
    return ""


def _heading(texts: Sequence[str]) -> str:
    """Find the first heading."""
    lines = (line for text in texts for line in text.split("\n"))
    return next((line.lstrip("# ").rstrip() for line in lines if re.match(r"#+ \S", line)), "")
