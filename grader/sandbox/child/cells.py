"""Executing a notebook: its cells in order, in one module, one statement at a time.

In a notebook, code that is to be graded stands beside code that tries it out, prints, plots or
trains for a minute. So a statement that raises costs what it would have defined, and nothing else:
the statements after it are executed. What is lost is remembered with its cause, so that whoever
misses a name is told why. Each cell is compiled under a name of its own, `cell 3`, so that every
traceback says the cell and the line in it.

A statement may not use up the time of those after it: each may take half of what is left.
"""

import __future__

import ast
import linecache
import re
import signal
import time
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag

# What takes no time, or, of imports, time that is not counted.
_Quick = ast.FunctionDef | ast.AsyncFunctionDef | ast.Import | ast.ImportFrom
_IMPORTING = "<frozen importlib._bootstrap>"
_AGAIN_S = 0.25  # until the next signal, where the first came during an import

# What a cell that is no Python would have defined, as far as one can tell.
_DEFINED = re.compile(r"^(?:(?:async +)?def|class) +(\w+)|^(\w+) *(?::[^=\n]+)?=[^=]", re.MULTILINE)
_IMPORTED = re.compile(r"^(?:import|from) (.*)", re.MULTILINE)


class TooLongError(BaseException):
    """A statement has used up its time. No Exception, which the student's code might catch."""


@dataclass(frozen=True)
class _Statement:
    """One statement, or a whole cell that does not compile: then `error` says why.

    `names` are those that it would bind.
    """

    names: frozenset[str]
    code: types.CodeType | None = None
    error: Exception | None = None
    is_quick: bool = False


class Cells:
    """The cells of one notebook. After `run`, `lost` are names, and `failed` errors to tell.

    A name is lost that a statement should have bound which failed, if nothing else has bound it. An
    error is told unless later statements have bound all that its statement should have.
    """

    def __init__(self, text: str, cells: Sequence[Sequence[int]], budget_s: float) -> None:
        """Take the text, where each cell begins in it, as (number, line), and CPU seconds."""
        lines = text.split("\n")
        ends = [line - 1 for _, line in cells[1:]] + [len(lines)]
        self._texts = {
            f"cell {number}": "\n".join(lines[line - 1 : end])
            for (number, line), end in zip(cells, ends, strict=True)
        }
        self.file_names = frozenset(self._texts)
        self._budget_s = budget_s
        self._statements: list[_Statement] | None = None
        # Statements that took too long, by their places: they are not tried again.
        self._stopped: dict[int, TooLongError] = {}
        self.failed: list[BaseException] = []
        self.lost: dict[str, BaseException] = {}
        for name, cell in self._texts.items():
            shown = [f"{line}\n" for line in cell.split("\n")]
            linecache.cache[name] = (len(cell), None, shown, name)

    def run(self, namespace: dict[str, object]) -> None:
        """Execute every statement in a module's namespace; none that fails stops the others."""
        if self._statements is None:
            self._statements = list(self._compiled())
        started = time.process_time()
        errors: list[BaseException | None] = []
        for place, statement in enumerate(self._statements):
            error: BaseException | None = statement.error or self._stopped.get(place)
            if error is None:
                assert statement.code is not None
                left = self._budget_s - (time.process_time() - started)
                try:
                    if statement.is_quick:
                        exec(statement.code, namespace)
                    else:
                        with _stopped_after(max(left / 2, 0.01)):
                            exec(statement.code, namespace)
                except TooLongError as slow:
                    error = self._stopped[place] = slow
                except BaseException as raised:  # Student code may raise anything.
                    error = raised
            errors.append(error)
        self._tell(errors, namespace)

    def _tell(self, errors: Sequence[BaseException | None], namespace: dict[str, object]) -> None:
        self.failed, self.lost = [], {}
        bound_later: set[str] = set()
        assert self._statements is not None
        for statement, error in zip(reversed(self._statements), reversed(errors), strict=True):
            if error is None:
                bound_later |= statement.names
                continue
            if not statement.names or statement.names - bound_later:
                self.failed.append(error)
            self.lost |= {name: error for name in statement.names if name not in namespace}
        self.failed.reverse()

    def _compiled(self) -> Iterator[_Statement]:
        flags = 0
        for name, text in self._texts.items():
            try:
                tree = ast.parse(text, name)
            # All that Python's parser has been seen to raise of text that is no Python.
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                yield _Statement(_guessed(text), error=error)
                continue
            for node in tree.body:
                names = frozenset(_bound(node))
                part = ast.Module([node], [])
                try:
                    code = compile(part, name, "exec", flags, dont_inherit=True)
                except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                    yield _Statement(names, error=error)
                    continue
                # A future statement holds in the cells that follow, as it does in Jupyter.
                flags |= code.co_flags & _FUTURE
                yield _Statement(names, code, is_quick=isinstance(node, _Quick))


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Raise within the block once it has used so much CPU time; an import is let finish.

    Raises:
        TooLongError: the time is up.
    """

    def stop(_: int, frame: types.FrameType | None) -> None:
        # What is below this file is whoever imports the notebook itself.
        while frame is not None and frame.f_code.co_filename != __file__:
            if frame.f_code.co_filename == _IMPORTING:
                return
            frame = frame.f_back
        raise TooLongError(
            f"this takes more than {seconds:.2g} s of computing when the notebook is loaded, and "
            "was stopped; the other cells were run"
        )

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _bound(node: ast.stmt) -> Iterator[str]:
    """List the names that a statement binds, and some that it binds inside a function only."""
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name


def _guessed(text: str) -> frozenset[str]:
    """List the names that a cell which is no Python seems to bind."""
    names = {name for pair in _DEFINED.findall(text) for name in pair if name}
    for words in _IMPORTED.findall(text):
        names |= set(re.findall(r"\w+", words))
    return frozenset(names)
