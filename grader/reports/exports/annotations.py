"""Annotations of GitHub Actions: what was lost, on the student's own lines, the dearest first.

    ::error file=exercises/exercise-03/gradients.py,line=9,title=exercise-03%3A 2 points::...

GitHub keeps ten of each kind for a step, and 4,096 characters of each; what is beyond is counted in
a last one, so that nobody takes ten for all. Lost points are errors, what has not been begun, or
could not be graded, notices. Checks that wait for another say nothing: what has to be repaired is
told there. Messages are those of every report, so a hidden check tells no more here.

A line is looked for in the message's own frames ("gradients.py:9 in loss"), else where the function
that was called is defined. A text can pretend to be a frame: then the annotation stands on another
line of the same student's file, and nowhere else.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

from grader.records import Attempt, Outcome, Verdict, points_text
from grader.reports import sentences
from grader.reports.exports import told
from grader.reports.exports.size import cut
from grader.reports.exports.text import one_line, plain

# The runner's own limits: src/Runner.Worker/ExecutionContext.cs in actions/runner.
MOST_OF_A_KIND = 10
MOST_CHARACTERS = 4096
_MOST_OF_A_TITLE = 200
# Of a message and of a diagnosis each, which leaves room for the lines around them.
_ROOM = 1_500

_FRAME = re.compile(r"^  (?P<file>[^\s:]+\.py):(?P<line>[0-9]{1,6})\b", re.MULTILINE)
_CALLED = re.compile(r"^(?P<name>[A-Za-z_][A-Za-z0-9_]*)\(")


class Kind(IntEnum):
    """How GitHub shows an annotation, the worst first."""

    ERROR = 0
    WARNING = 1
    NOTICE = 2


@dataclass(frozen=True)
class Place:
    """A file of a submission as the repository has it: its path from the root, and its text.

    Of a notebook there is no text: its lines are not those of its cells.
    """

    path: str
    text: str = ""


@dataclass(frozen=True)
class Annotation:
    """One annotation; `line` counts from 1, None where no line is known."""

    kind: Kind
    path: str
    line: int | None
    title: str
    message: str
    points: Fraction = Fraction(0)


def of(attempt: Attempt, files: Mapping[str, Place]) -> list[Annotation]:
    """Make the annotations of one attempt; checks that say the same on the same line share one.

    Args:
        attempt: what happened.
        files: the files that were graded, by the names that the exercise asks for.
    """
    first = next(iter(files.values()), Place(""))
    if not told.is_begun(attempt):
        worth = attempt.score.possible
        title = f"{one_line(attempt.exercise)}: {_worth(worth)}"
        return [Annotation(Kind.NOTICE, first.path, None, title, "Not begun yet.", worth)]
    groups: dict[tuple[Kind, Place | None, int | None, str], list[Verdict]] = {}
    for verdict in attempt.verdicts:
        if verdict.outcome in (Outcome.PASSED, Outcome.SKIPPED):
            continue
        place, line = _place(verdict, files)
        key = (_kind(verdict), place, line, told.told(verdict, _ROOM))
        groups.setdefault(key, []).append(verdict)
    return [_made(attempt, key, verdicts) for key, verdicts in groups.items()]


def render(annotations: Iterable[Annotation]) -> str:
    """Write workflow commands, a line each: the worst first, at most ten of a kind."""
    ordered = sorted(annotations, key=lambda each: (each.kind, -each.points))
    kept: list[Annotation] = []
    for kind in Kind:
        those = [each for each in ordered if each.kind is kind]
        kept += those if len(those) <= MOST_OF_A_KIND else _cut(those)
    return "".join(_command(each) for each in kept)


def _cut(those: Sequence[Annotation]) -> list[Annotation]:
    """Keep as many as GitHub does, and use the last of them to count the rest."""
    rest = those[MOST_OF_A_KIND - 1 :]
    points = sum((each.points for each in rest), Fraction(0))
    message = f"{len(rest)} more, in all {_worth(points)}: see the summary of this job."
    return [*those[: MOST_OF_A_KIND - 1], Annotation(those[0].kind, "", None, "and more", message)]


def _kind(verdict: Verdict) -> Kind:
    is_open = verdict.outcome is Outcome.UNGRADED or told.is_stub(verdict)
    return Kind.NOTICE if is_open else Kind.ERROR


def _place(verdict: Verdict, files: Mapping[str, Place]) -> tuple[Place | None, int | None]:
    """Find the file and the line that a verdict is about; the first file where none is known."""
    first = next(iter(files.values()), None)
    if verdict.outcome is Outcome.UNGRADED:
        return None, None
    frames = list(_FRAME.finditer(sentences.message_of(verdict)))
    # The innermost is where it was raised.
    for frame in reversed(frames):
        place, line = files.get(frame["file"]), int(frame["line"])
        if place is not None and 1 <= line <= place.text.count("\n") + 1:
            return place, line
    called = _CALLED.match(verdict.evidence.given) if verdict.evidence else None
    for place in files.values() if called else ():
        line = _definition(place.text, called["name"]) if called else 0
        if line:
            return place, line
    return first, None


def _definition(text: str, name: str) -> int:
    """Find the line that a function or class of the top level begins in; 0 where there is none."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    lines = [node.lineno for node in tree.body if isinstance(node, kinds) and node.name == name]
    return lines[-1] if lines else 0


def _made(
    attempt: Attempt,
    key: tuple[Kind, Place | None, int | None, str],
    verdicts: Sequence[Verdict],
) -> Annotation:
    kind, place, line, message = key
    points = sum((verdict.check.points for verdict in verdicts), Fraction(0))
    titles = [told.title(verdict, _MOST_OF_A_TITLE) for verdict in verdicts]
    given = {verdict.evidence.given for verdict in verdicts if verdict.evidence} - {""}
    # Several calls that went wrong alike are told by their checks' titles.
    call = one_line(cut(given.pop(), _ROOM)) if len(given) == 1 else ""
    lines = [*titles, *filter(None, [call, message])]
    lost = "" if kind is Kind.NOTICE else "lost"
    return Annotation(
        kind,
        place.path if place else "",
        line,
        " ".join(filter(None, [f"{one_line(attempt.exercise)}:", _worth(points), lost])),
        "\n".join(lines),
        points,
    )


def _worth(points: Fraction) -> str:
    return f"{points_text(points)} point{'' if points == 1 else 's'}"


def _command(each: Annotation) -> str:
    properties = [("file", plain(each.path)), ("line", str(each.line or "")), ("title", each.title)]
    written = ",".join(f"{name}={_property(value)}" for name, value in properties if value)
    return f"::{each.kind.name.lower()} {written}::{_data(cut(each.message, MOST_CHARACTERS))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
