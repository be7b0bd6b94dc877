"""What the student's code raised, as an exception of this side: its type, its words, its own lines.

The fields come from a process that is not believed: every length is capped and every column is held
to its line before anything is built from them, and of the type only its name is looked up, among
the builtin exceptions.
"""

import builtins

from grader.records import Outcome
from grader.sandbox import wire

MAX_TEXT = 4000  # characters of a message
MAX_LINE = 400  # characters of a line of source, or of a name
SHOWN_FRAMES = 3  # the innermost


class StudentError(Exception):
    """What the student's code raised, or why it could not answer: an outcome and its sentence.

    An exception of a builtin type arrives as a subclass of that type too, so that a check can
    write `pytest.raises(ValueError)`. `name` and `words` are the type and the message of what the
    student's code raised, "" where the sentence is ours; `is_stub` says that it is the line which
    an exercise begins with, and not something that torch has not implemented.
    """

    def __init__(
        self, outcome: Outcome, text: str, name: str = "", words: str = "", is_stub: bool = False
    ) -> None:
        # Not super(): a builtin base may want arguments of its own.
        Exception.__init__(self, text)
        self.outcome = outcome
        self.text = text
        self.name = name
        self.words = words
        self.is_stub = is_stub

    def __str__(self) -> str:
        # A builtin base may write its own arguments in its own way: KeyError quotes them.
        return self.text


def as_error(fields: list[wire.Node]) -> StudentError:
    """Turn the fields of a "raised" answer into an exception with the student's own frames."""
    match fields:
        case [[str(name), *bases], str(text), str(kind), list(frames)]:
            name, text = name[:MAX_LINE], text[:MAX_TEXT]
        case _:
            return StudentError(Outcome.FORBIDDEN, "an exception came in an unknown form")
    outcome = {"memory": Outcome.OUT_OF_MEMORY, "forbidden": Outcome.FORBIDDEN}.get(
        kind, Outcome.RAISED
    )
    head = f"{name}: {text}" if text else name
    own = [place for place, frame in enumerate(frames) if _is_own(frame)]
    first, last = (own[-SHOWN_FRAMES:][0], own[-1]) if own else (0, 0)
    # What was called last of somebody else's is what the caret points at.
    shown = [line for frame in frames[first : last + 1] for line in _frame_lines(frame)]
    is_stub = name == "NotImplementedError" and name in _last_line(frames, name)
    if kind == "memory":
        head = f"it ran out of memory ({head})"
    elif kind == "forbidden":
        head = f"not allowed here ({head})"
    elif is_stub:
        # The stub's own line is known to whoever has to replace it.
        head, shown = f"not written yet ({text})", shown[:1]
    return _error_class(name, bases)(outcome, "\n".join([head, *shown]), name, text, is_stub)


def _is_own(frame: wire.Node) -> bool:
    """Whether it is a frame of the student's, and not how many calls somebody else made."""
    return isinstance(frame, list) and len(frame) != 2


def _last_line(frames: list[wire.Node], otherwise: str) -> str:
    """Give the line of source from which it was raised, where it is known."""
    match [frame for frame in frames if _is_own(frame)][-1:]:
        case [[_, _, _, str(source), *_]] if source.strip():
            return source
    return otherwise


def _frame_lines(frame: wire.Node) -> list[str]:
    match frame:
        case [str(package), int(calls)]:
            return [f"  ({calls} call{'s' * (calls != 1)} inside {package[:MAX_LINE]})"]
        case [str(file), int(line), str(function), str(source), int(start), int(end)]:
            file, function, source = file[:MAX_LINE], function[:MAX_LINE], source[:MAX_LINE]
            # A cell of a notebook is no file, and says so.
            place = f"{file}, line {line}" if file.startswith("cell ") else f"{file}:{line}"
            where = f"  {place}" + (f" in {function}" if function else "")
            stripped = source.strip()
            if not stripped:
                return [where]
            margin = len(source) - len(source.lstrip())
            start, end = (min(max(column, 0), len(source)) for column in (start, end))
            carets = "^" * max(end - start, 1)
            return [where, f"    {stripped}", f"    {' ' * max(start - margin, 0)}{carets}"]
    return []


def _error_class(name: str, bases: list[wire.Node]) -> type[StudentError]:
    for base in [name, *bases]:
        known = getattr(builtins, str(base), None)
        if isinstance(known, type) and issubclass(known, Exception):
            # The plain ones say nothing, and a group cannot be made without its members.
            if known in (Exception, AssertionError) or issubclass(known, ExceptionGroup):
                break
            return type(known.__name__, (StudentError, known), {})
    return StudentError
