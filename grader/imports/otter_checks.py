"""The checks that are made of an assignment's questions, with their points, and what is left.

Each case becomes a check; of a question that earns all or nothing, all cases together are one. The
names in a case are looked up: what a student writes, and what stands in the student's file beside
it, is asked of the submission; helpers that need nothing of it are copied into the check file;
imports go to the top. A case with a name that nothing gives is left.
"""

import ast
import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.errors import CourseError
from grader.imports import check_bodies, names, otter_cases, otter_points
from grader.imports import otter_python as python
from grader.imports.exercise import ImportedCheck, Left, check_name, in_words
from grader.imports.otter_cases import LeftError
from grader.imports.otter_lines import Line, Sorted, needed
from grader.imports.otter_nouns import Case, Question, Role

_SHORT = 60  # characters of a case that its title quotes

# What the statements of a check bring in themselves.
_OURS = {
    "contextlib": "import contextlib",
    "io": "import io",
    "expect": "from grader import expect",
    "pytest": "",
    "torch": "import torch",
}


@dataclass(frozen=True)
class Checks:
    """The checks of an exercise, what stands before them in either file, and what is left."""

    checks: tuple[ImportedCheck, ...]
    visible_setup: str
    hidden_setup: str
    left: tuple[Left, ...]


@dataclass(frozen=True)
class _Body:
    """The statements of a check, and what they need at the top of its file."""

    text: str
    imports: frozenset[str]
    helpers: tuple[Line, ...]


def asked(questions: Iterable[Question]) -> frozenset[str]:
    """List the names that cases look up, also those of cases that will be left."""
    found: set[str] = set()
    for question in questions:
        for line in _helper_lines(question):
            found |= line.mentions
        for case in question.cases:
            try:
                for node in otter_cases.statements(case):
                    found |= names.uses(node).reads
            except (LeftError, CourseError):
                continue
    return frozenset(found)


def of(questions: Iterable[Question], around: Sorted, imports: Sequence[Line]) -> Checks:
    """Make the checks of some questions.

    Args:
        questions: in the order of the assignment.
        around: the statements of the assignment.
        imports: all imports of the assignment, also those that its own code does not need.
    """
    maker = _Maker(around, imports)
    for question in questions:
        maker.take(question)
    return Checks(
        tuple(maker.checks), maker.setup(is_hidden=False), maker.setup(is_hidden=True),
        tuple(maker.left),
    )  # fmt: skip


class _Maker:
    """Makes checks, question by question."""

    def __init__(self, around: Sorted, imports: Sequence[Line]) -> None:
        self.around = around
        self.imports = {name: line for line in imports for name in line.binds}
        self.pure = _pure(around.kept, self.imports)
        functions = [line for line in around.kept if line.is_definition]
        self._definitions = {name: line.node for line in functions for name in line.binds}
        # What functions look up when they are called; not what they only name themselves.
        self._read_later = {
            name for line in functions for name in line.mentions - line.runs - line.binds
        }
        self.checks: list[ImportedCheck] = []
        self.left: list[Left] = []
        self._bodies: list[tuple[bool, _Body]] = []
        self._titles: set[str] = set()

    def take(self, question: Question) -> None:
        """Make the checks of a question."""
        if question.is_manual:
            worth = question.points
            total = sum((p or Fraction() for p in worth), Fraction()) if isinstance(
                worth, Sequence) else worth  # fmt: skip
            told = f" ({in_words(otter_points.hundredths([total])[0])})" if total else ""
            self._leave(question.place, f"{question.name} is graded by hand{told}")
        elif not question.cases:
            self._leave(question.place, f"{question.name} has no tests")
        else:
            try:
                self._take(question)
            except CourseError as error:
                self._leave(question.place, str(error))

    def _take(self, question: Question) -> None:
        exact = otter_points.resolved(
            question.points, [case.points for case in question.cases], question.name
        )
        points = otter_points.hundredths(exact)
        if any(case.on_success for case in question.cases):
            self._leave(question.place, f"{question.name}: what is said on success is left out",
                        is_lost=False)  # fmt: skip
        if question.is_whole:
            self._take_whole(question, sum(points, Fraction()))
            return
        for number, (case, worth) in enumerate(zip(question.cases, points, strict=True), 1):
            if not worth:
                self._leave(case.place, f"{_named(question, case, number)} is worth nothing")
                continue
            body = self._body([(number, case)], question, worth)
            if body is not None:
                title = self._title(question, case, number)
                self._add(f"{question.name}_{number}", title, worth, body,
                          is_hidden=case.is_hidden, place=case.place)  # fmt: skip

    def _take_whole(self, question: Question, worth: Fraction) -> None:
        """Make one check of all cases: it earns all or nothing."""
        numbered = list(enumerate(question.cases, 1))
        body = self._body(numbered, question, Fraction()) if worth else None
        if body is None:
            told = "none of its cases can be carried over" if worth else "it is worth nothing"
            self._leave(question.place, f"{question.name}: {told}")
            return
        hidden = {case.is_hidden for case in question.cases}
        also = "; what students could see of it is hidden too" if len(hidden) > 1 else ""
        self._leave(question.place, f"{question.name} earns all or nothing: its cases are one "
                    f"check{also}", is_lost=False)  # fmt: skip
        title = f"{question.name}: all {len(numbered)} cases, which earn points together"
        self._add(question.name, title, worth, body, is_hidden=True in hidden,
                  place=question.place)  # fmt: skip

    def _add(
        self, name: str, title: str, points: Fraction, body: _Body, *, is_hidden: bool, place: str
    ) -> None:
        taken = {check.name for check in self.checks}
        whole = title if title not in self._titles else f"{title} ({len(self.checks) + 1})"
        self._titles.add(whole)
        self._bodies.append((is_hidden, body))
        self.checks.append(ImportedCheck(
            name=check_name(name, taken), title=f"{whole}.", points=points, is_hidden=is_hidden,
            body=body.text, place=place,
        ))  # fmt: skip

    def _body(
        self, cases: Sequence[tuple[int, Case]], question: Question, worth: Fraction
    ) -> _Body | None:
        """Write the statements of some cases as one body; what cannot be is left."""
        found: list[ast.stmt] = []
        for number, case in cases:
            try:
                more = otter_cases.statements(case)
                # Alone first, so that a case of many spoils no other.
                self._written(more if len(cases) == 1 else [*found, *more], question)
                found += more
            except (LeftError, CourseError) as error:
                told = f", {in_words(worth)}" if worth else ""
                self._leave(case.place, f"{_named(question, case, number)}{told}: {error}")
                continue
            self._note_words(question, case, number, more)
        return self._written(found, question) if found else None

    def _note_words(
        self, question: Question, case: Case, number: int, body: Sequence[ast.stmt]
    ) -> None:
        """Tell where what a case says to who does not pass it is lost."""
        text = "\n".join(ast.unparse(node) for node in body)
        name = _named(question, case, number)
        if otter_cases.has_graph(case):
            self._leave(case.place, f"{name}: the values are compared, and not whether they carry "
                        "a graph", is_lost=False)  # fmt: skip
        if case.is_hidden and otter_cases.speaks(case):
            self._leave(case.place, f"{name}: what it says on failure is left out, since of a "
                        "hidden check students would read it", is_lost=False)  # fmt: skip
        elif case.on_failure and repr(case.on_failure) not in text:
            self._leave(case.place, f"{name}: what it says on failure is left out",
                        is_lost=False)  # fmt: skip

    def _written(self, body: Sequence[ast.stmt], question: Question) -> _Body:
        """Say of every name in some statements where it comes from, and write them.

        Raises:
            LeftError: a name comes from nowhere, or no answer of a student's is asked for.
        """
        own = _helper_lines(question)
        beside = [*(line for line in self.around.moved), *own]
        case = [Line(node, Role.GIVEN, True, question.place) for node in body]
        wanted = {name for line in case for name in line.mentions}
        used = needed([line for line in beside if not line.is_import], wanted)
        lines = [*used, *case]
        bound = {name for line in lines for name in line.binds}
        outer = {name for line in lines for name in line.mentions} - bound
        first = _read_first(lines, bound)
        if others := sorted(first - self.around.student):
            raise LeftError(f"it gives another value to `{others[0]}`, which it has read before")
        own_imports = {name: line for line in own if line.is_import for name in line.binds}
        imports, asking, helpers = set[str](), set[str](first), list[Line]()
        for name in sorted(outer):
            line = own_imports.get(name) or self.imports.get(name)
            if name in self.pure and _is_only_called(name, lines):
                helpers += self.pure[name]
            elif name in self.around.student:
                asking.add(name)
            elif line is not None and name not in self.around.lost:
                imports.add(line.text)
            elif name in _OURS:
                imports.add(_OURS[name])
            elif not hasattr(builtins, name):
                why = self.around.lost.get(name, "nothing in the assignment gives it a value")
                raise LeftError(f"it needs `{name}`, and {why}")
        if not asking:
            raise LeftError("it asks for nothing that a student writes")
        self._refuse_misuse(lines, bound, asking)
        for line in helpers:
            imports |= {self.imports[name].text for name in line.mentions & self.imports.keys()}
        text = "\n".join(line.text for line in lines)
        begin = "".join(f"{name} = student.{name}\n" for name in sorted(first))
        try:
            text = begin + names.asking(text, asking - bound)
        except (SyntaxError, RecursionError) as error:
            raise LeftError(f"it cannot be written anew ({error})") from error
        return _Body(text, frozenset(imports - {""}), tuple(helpers))

    def _refuse_misuse(self, lines: Sequence[Line], bound: set[str], asking: set[str]) -> None:
        """Refuse what would be another thing in a check than it was in the notebook.

        Raises:
            LeftError: with the reason.
        """
        if taken := sorted(bound & check_bodies.RESERVED):
            raise LeftError(f"it gives a value to `{taken[0]}`, which a check has another use for")
        if lost := sorted(bound & self.around.student & self._read_later):
            raise LeftError(
                f"it gives `{lost[0]}` another value, which the student's functions, in a process "
                "of their own, would not see"
            )
        for line in lines:
            for why in check_bodies.misused(line.node, self._definitions, asking):
                raise LeftError(why)

    def setup(self, *, is_hidden: bool) -> str:
        """Write what stands before the checks of one file."""
        bodies = [body for hidden, body in self._bodies if hidden is is_hidden]
        imports = {text for body in bodies for text in body.imports}
        ours = sorted(text for text in imports if text.startswith("from grader "))
        others = sorted(imports - set(ours), key=lambda text: (text.startswith("from "), text))
        parts = ["\n".join(others), "\n".join(ours)]
        wanted = {line.text for body in bodies for line in body.helpers}
        helpers = [line.text for line in self.around.kept if line.text in wanted]
        top = "\n\n".join(part for part in parts if part)
        return "\n\n\n".join([top, *helpers])

    def _title(self, question: Question, case: Case, number: int) -> str:
        """Write a check's line in the report; of a hidden case it tells nothing of what it asks."""
        if case.is_hidden:
            return f"{question.name}, case {number} of {len(question.cases)}"
        match case.examples:
            case [example] if len(example.code) + len(example.want) < _SHORT and example.want:
                return f"{question.name}: {example.code} gives {example.want.strip()}"
        told = f": {case.name}" if case.name else ""
        return f"{question.name}, case {number} of {len(question.cases)}{told}"

    def _leave(self, place: str, why: str, *, is_lost: bool = True) -> None:
        self.left.append(Left(place, why, is_lost))


def _named(question: Question, case: Case, number: int) -> str:
    return case.name or f"{question.name} - {number}"


def _helper_lines(question: Question) -> list[Line]:
    """List what stands in a test file beside its cases."""
    body = python.parse(question.helpers, question.place).body
    return [Line(node, Role.GIVEN, True, question.place) for node in body]


def _pure(kept: Sequence[Line], imports: dict[str, Line]) -> dict[str, list[Line]]:
    """Find the teacher's functions that need nothing of a student's, with all that they need."""
    given = [line for line in kept if isinstance(line.node, ast.FunctionDef) and line.is_given
             and line.role is Role.GIVEN]  # fmt: skip
    written = {name for line in kept if line not in given for name in line.binds}
    given = [line for line in given if not line.binds & written]
    known = {name for line in given for name in line.binds}
    while True:
        outside = known | imports.keys() | vars(builtins).keys()
        pure = [line for line in given if line.binds <= known and line.mentions <= outside]
        left = {name for line in pure for name in line.binds}
        if left == known:
            return {name: needed(pure, {name}) for name in known}
        known = left


def _is_only_called(name: str, lines: Iterable[Line]) -> bool:
    """Whether a function is called wherever it is named: handed over, it could not cross."""
    called = {id(node.func) for line in lines for node in ast.walk(line.node)
              if isinstance(node, ast.Call)}  # fmt: skip
    return all(
        id(node) in called
        for line in lines
        for node in ast.walk(line.node)
        if isinstance(node, ast.Name) and node.id == name
    )


def _read_first(lines: Iterable[Line], bound: set[str]) -> set[str]:
    """Find the names that are read before anything here gives them a value."""
    seen: set[str] = set()
    found: set[str] = set()
    for line in lines:
        # A loop binds its names before its body reads them, an assignment afterwards.
        is_simple = isinstance(line.node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr)
        read = line.runs if is_simple else (line.runs - line.binds) | _added_to(line)
        found |= (read & bound) - seen
        seen |= line.binds
    return found


def _added_to(line: Line) -> set[str]:
    """Name what += and the like add to anywhere in a statement."""
    return {node.target.id for node in ast.walk(line.node)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)}  # fmt: skip
