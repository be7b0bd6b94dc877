"""What went into the call that a check refuses, as a line of code: `matvec(A=tensor(...), v=...)`.

Nothing is kept for it while a check runs. When the check is lost it is run once more, with the
submission's recorded answers in the submission's place: the same seed asks the same questions, so
what is asked can be written down, and nothing of the student's runs again. Where the second run
does not end as the first one did, or it is not clear which of several calls is meant, nothing is
said: a wrong line would teach something wrong.
"""

import ast
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType, TracebackType

import pytest
import torch
from torch import nn

from grader.errors import Evidence
from grader.expect import excerpts
from grader.records import Outcome, Shows
from grader.replay import Transcript
from grader.sandbox.proxy import Ear, Exchange, Student
from grader.sandbox.raised import StudentError

# A check that asks more than this is no small example, and costs as much again to repeat.
MOST_CALLS, MOST_BYTES = 200, 16 << 20
LONGEST = 300  # characters of a line in which values stand; beyond it only their forms do
_LONGEST_VALUE = 60

_USUAL = (torch.float32, torch.int64, torch.bool, torch.complex64)


@dataclass(frozen=True)
class Repeat:
    """How a check is run once more.

    `stand_in` puts an exchange, and an ear that listens, in the submission's place. `run` runs a
    check with somebody in the student's place and gives what it raised; what earlier runs have
    changed in the values of its file, they have not changed there. `parameters` are the names of
    each function's parameters.
    """

    stand_in: Callable[[Exchange, Ear], Student]
    run: Callable[[pytest.Item, object], BaseException | None]
    parameters: Mapping[str, Sequence[str]]


def of(
    item: pytest.Item, raised: BaseException, level: Shows, answers: Transcript, repeat: Repeat
) -> str:
    """Write down the call whose answer a check refused, or in which the student's code raised.

    Args:
        item: the check.
        raised: what it raised with the student's answers.
        level: how much may be told; below `ACTUAL_ONLY` nothing, and values only at `FULL`.
        answers: what the submission answered.
        repeat: how the check is run once more.

    Returns:
        "" where no one call is known.
    """
    if level not in (Shows.FULL, Shows.ACTUAL_ONLY) or not _is_repeatable(answers):
        return ""
    ear = _Listener(level, repeat.parameters)
    try:
        again = repeat.run(item, repeat.stand_in(answers.replayed(lambda: _copy(raised)), ear))
        if again is None or _words(again) != _words(raised):
            return ""
        return ear.meant(str(item.path), again.__traceback__)
    finally:
        # It holds this very frame: a circle, and in it every tensor that the check has seen.
        ear.forget()


def with_given(seen: Evidence | None, given: str) -> Evidence | None:
    """Add a call to what an expectation saw; where it saw nothing, the call is all there is."""
    if not given:
        return seen
    return replace(seen or Evidence(asked="", subject=""), given=given)


def parameters_of(files: Sequence[Path]) -> dict[str, list[str]]:
    """Read the names of the parameters of every function and class from some Python files.

    A file that is not there or does not parse has none.
    """
    found: dict[str, list[str]] = {}
    for path in files:
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (OSError, ValueError, SyntaxError, RecursionError):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = _parameters(node)
            elif isinstance(node, ast.ClassDef):
                made = [each for each in node.body if isinstance(each, ast.FunctionDef)]
                first = next((each for each in made if each.name == "__init__"), None)
                found[node.name] = _parameters(first)[1:] if first else []
    return found


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args)]


def _is_repeatable(answers: Transcript) -> bool:
    is_small = len(answers.answers) <= MOST_CALLS and answers.size <= MOST_BYTES
    return answers.is_whole and is_small


def _words(raised: BaseException) -> tuple[str, str]:
    kind = StudentError if isinstance(raised, StudentError) else type(raised)
    return kind.__name__, str(raised)


def _copy(raised: BaseException) -> StudentError:
    """Give what ended the check once more, without the traceback of the first time."""
    if isinstance(raised, StudentError):
        return StudentError(raised.outcome, raised.text)
    return StudentError(Outcome.FORBIDDEN, "more is asked than before")


# Which call is meant


@dataclass
class _Heard:
    """One call: its line of code, where it was made, the innermost place first, and its result."""

    line: str
    places: list[tuple[FrameType, int]]
    result: object = None

    def is_within(self, frame: FrameType) -> bool:
        return any(frame is each for each, _ in self.places)

    def is_at(self, frame: FrameType, line: int) -> bool:
        return any(frame is each and line == at for each, at in self.places)


class _Listener:
    """Hears the calls of a check that is repeated, and finds the one that it stumbled over."""

    def __init__(self, level: Shows, parameters: Mapping[str, Sequence[str]]) -> None:
        self._has_values = level is Shows.FULL
        self._parameters = parameters
        self._heard: list[_Heard] = []

    def begin(self, name: str, positional: tuple[object, ...], named: dict[str, object]) -> None:
        """Write a call down before it changes its arguments."""
        names = [*self._parameters.get(name, ())][: len(positional)]
        pairs = [*zip([*names, *[""] * (len(positional) - len(names))], positional, strict=True),
                 *named.items()]  # fmt: skip
        line = _line(name, pairs, self._has_values)
        if len(line) > LONGEST:
            line = _line(name, pairs, False)
        self._heard.append(_Heard(line, _places()))

    def end(self, result: object) -> None:
        """Keep what the last call gave, to know it again."""
        self._heard[-1].result = result

    def forget(self) -> None:
        """Let go of what was heard, and of where."""
        self._heard.clear()

    def meant(self, path: str, traceback: TracebackType | None) -> str:
        """Give the line of the call that a check in the file `path` stumbled over.

        It is the first one that the failing expectation made itself; or the one whose result the
        expectation was handed; or the last one in the failing line; or the only one.
        """
        passed = _passed(traceback)
        expecting = [each for each, _ in passed if _is_expecting(each)]
        own = [each for each in self._heard for frame in expecting if each.is_within(frame)]
        if own:
            return own[0].line
        handed = [each for each in self._heard if expecting and _is_handed(each, expecting[0])]
        inside = [place for place in passed if place[0].f_code.co_filename == path]
        there = [each for each in self._heard if inside and each.is_at(*inside[-1])]
        both = [each for each in handed if each in there]
        # Of several that gave None any may be named, and the first is asked about first.
        if not both and handed and all(each.result is None for each in handed):
            return handed[0].line
        for found in (both, handed if len(handed) == 1 else [], there if not handed else []):
            if found:
                return found[-1].line
        return self._heard[0].line if len(self._heard) == 1 else ""


def _places() -> list[tuple[FrameType, int]]:
    """List where this is called from, up to pytest."""
    found, frame = [], sys._getframe(2)
    while frame is not None and not frame.f_globals.get("__name__", "").startswith("_pytest"):
        found.append((frame, frame.f_lineno))
        frame = frame.f_back  # type: ignore[assignment]
    return found


def _passed(traceback: TracebackType | None) -> list[tuple[FrameType, int]]:
    """List what an exception came through, the outermost first."""
    found = []
    while traceback is not None:
        found.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found


def _is_expecting(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith("grader.expect")


def _is_handed(heard: _Heard, frame: FrameType) -> bool:
    """Whether a call's result is the first argument of an expectation."""
    first = frame.f_code.co_varnames[:1]
    return bool(first) and frame.f_locals.get(first[0], heard) is heard.result


# What a call is written as


def _line(name: str, pairs: Sequence[tuple[str, object]], has_values: bool) -> str:
    return f"{name}({', '.join(_argument(key, value, has_values) for key, value in pairs)})"


def _argument(name: str, value: object, has_values: bool) -> str:
    text = _value(value) if has_values else None
    if text is not None:
        return f"{name}={text}" if name else text
    form = _form(value, has_values)
    return f"{name}: {form}" if name else form


def _value(value: object) -> str | None:
    """Write a value as Python reads it; None where it has many parts, or cannot be written."""
    match value:
        case torch.Tensor():
            return _tensor(value) if excerpts.is_small(value) else None
        case None | bool() | int() | float() | str():
            text = repr(value)
            return text if len(text) <= _LONGEST_VALUE else None
        case list() | tuple():
            parts = [_value(each) for each in value[: excerpts.FEW + 1]]
            written = ", ".join(part for part in parts if part is not None)
            is_short = len(parts) <= excerpts.FEW and None not in parts
            if not is_short or len(written) > LONGEST:
                return None
            if isinstance(value, list):
                return f"[{written}]"
            return f"({written},)" if len(parts) == 1 else f"({written})"
    return None


def _tensor(value: torch.Tensor) -> str:
    words = [excerpts.whole(value)]
    words += [] if value.dtype in _USUAL else [f"dtype={value.dtype}"]
    words += ["requires_grad=True"] if value.requires_grad else []
    return f"tensor({', '.join(words)})"


def _form(value: object, has_values: bool) -> str:
    """Say of what kind a value is and how large; of a module or an optimizer how it is set."""
    match value:
        case torch.Tensor():
            dtype = str(value.dtype).removeprefix("torch.")
            device = "" if value.device.type == "cpu" else f" on {value.device.type}"
            needs = " requires_grad" if value.requires_grad else ""
            return f"{dtype} {tuple(value.shape)}{device}{needs}"
        case nn.Module():
            is_plain = has_values and type(value).__module__.startswith("torch.")
            text = repr(value) if is_plain else ""
            name = str(value._get_name())  # type: ignore[no-untyped-call]
            return text if text and "\n" not in text and len(text) <= _LONGEST_VALUE else name
        case torch.optim.Optimizer() if has_values and "lr" in value.defaults:
            return f"{type(value).__name__}(lr={excerpts.numeral(value.defaults['lr'])})"
        case list() | tuple() | dict() | set():
            return f"{type(value).__name__} of {len(value)}"
    return "None" if value is None else type(value).__name__
