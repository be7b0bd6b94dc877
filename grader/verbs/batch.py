"""`grade batch`: what a class handed in, graded into the gradebook, side by side.

On a terminal a line on stderr counts; elsewhere each result is a line of stderr. The table at the
end goes to stdout, unless the attempts go there.
"""

import json
import os
import signal
import statistics
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from grader import errors
from grader.records import Attempt, Outcome, points_text
from grader.reports import attempt as attempt_report
from grader.reports import layout, terminal
from grader.verbs import book, choice, screen

if TYPE_CHECKING:
    from grader.batch import Batch, Result
    from grader.intake import Roll

UNGRADED = 3

_GO_ON = "What was graded is kept in the gradebook; make room and run the command again"

# What is counted beside the progress: neither of these says that something went wrong.
_USUAL = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED})


@click.command(name="batch")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-j", "count", metavar="N", type=click.IntRange(1, 256),
              help="How many to grade side by side; by default one a core.")  # fmt: skip
@click.option("--exercise", metavar="ID", help="What was handed in; by default, as the file names "
              "say.")  # fmt: skip
@click.option("--roster", "roster_path", metavar="CSV", type=click.Path(path_type=Path),
              help="Who is in the class.")  # fmt: skip
@click.option("--json", "json_path", metavar="FILE",
              help="Write each attempt as a line of JSON; - for stdout.")  # fmt: skip
@click.option("--regrade", "is_regrade", is_flag=True, help="Run also what has not changed.")
@click.option("--device", type=click.Choice(["cpu", "cuda", "auto"]), default="cpu",
              show_default=True, help="Where the checks compute.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), help="Draw other inputs.")
@click.option("--confine", type=click.Choice(["auto", "strict"]), default="auto",
              show_default=True, help="auto: the best walls there are; strict: all, or do not "
              "run.")  # fmt: skip
@book.option
def command(  # noqa: PLR0917  click passes the words of the command line.
    folder: Path,
    count: int | None,
    exercise: str | None,
    roster_path: Path | None,
    json_path: str | None,
    is_regrade: bool,
    device: str,
    seed: int | None,
    confine: str,
    where: str | None,
) -> None:
    """Grade all that lies in FOLDER, and keep each attempt in the gradebook.

    FOLDER holds one folder, .py file, zip or clone for each student, or a download from GitHub
    Classroom, Canvas or Moodle. What was stopped goes on where it was when the command is typed
    again.

    Example: grade batch handed-in -j 4
    """
    screen.demand_processes()
    from grader import intake, roster  # noqa: PLC0415  Help answers without YAML.

    signal.signal(signal.SIGTERM, _stop)
    show = _Show(is_error=json_path == "-")
    with screen.ending(show.stopped):
        known, chosen = choice.exercises(exercise)
        students = roster.read(roster_path) if roster_path else None
        roll = intake.take_in(folder, chosen, students)
        with (
            book.open_book(where, known.root, is_new_allowed=True) as opened,
            closing(_Lines(json_path)) as lines,
        ):
            # SQLAlchemy, which may not be installed, has been found by now.
            from grader import batch, judges  # noqa: PLC0415

            for row in students.rows.values() if students else ():
                opened.enrol(row.student, row.name, row.section)
            many = count or judges.default_judges()
            settings = judges.Settings(known.root, many, device, seed, confine)
            detail = _detail(folder, exercise, is_regrade, device, seed)
            running = batch.Batch(chosen, roll.handed, opened, is_regrade, detail)
            with judges.Judges(settings) as judging, closing(running.results(judging)) as results:
                for result in results:
                    lines.write(result)
                    show.result(result, running)
        show.summary(roll, running)
    sys.exit(UNGRADED if show.ungraded else 0)


def _detail(
    folder: Path, exercise: str | None, is_regrade: bool, device: str, seed: int | None
) -> str:
    """Name what is done in the gradebook, so that the same command is known again."""
    words = [str(folder.resolve()), exercise, "regrade" if is_regrade else ""]
    words += ["" if device == "cpu" else f"on {device}", "" if seed is None else f"seed {seed}"]
    return " ".join(filter(None, words))


def _stop(number: int, frame: FrameType | None) -> None:
    """End as Control-C does."""
    raise KeyboardInterrupt


class _Lines:
    """The file that attempts go to, a line each, whole or not at all.

    Nothing is kept back in this process, where a kill would lose it, and where what could not be
    written would be tried again at the end.
    """

    def __init__(self, path: str | None) -> None:
        """Open the file, and make it empty; - is stdout, None is no file.

        Raises:
            CourseError: it cannot be written there.
        """
        self._path = path
        kind = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        try:
            self._file = os.dup(1) if path == "-" else os.open(path or os.devnull, kind, 0o666)
        except OSError as error:
            raise errors.CourseError(
                f"{path} cannot be written: {error.strerror}; name a file in a folder that exists"
            ) from error

    def write(self, result: "Result") -> None:
        """Add one attempt.

        Raises:
            StoreError: there is no room for it, or nobody reads it any more.
        """
        if self._path is None:
            return
        fields = json.loads(attempt_report.to_json(result.attempt, is_line=True))
        rest = json.dumps({"student": result.student, **fields}).encode() + b"\n"
        written = 0
        try:
            while rest:
                count = os.write(self._file, rest)
                written += count
                rest = rest[count:]
        except OSError as error:
            # Half a line is no line. A pipe takes nothing back; its reader sees no end of a line.
            with suppress(OSError):
                os.ftruncate(self._file, os.lseek(self._file, -written, os.SEEK_CUR))
            raise errors.StoreError(
                f"{self._path} cannot be written: {error.strerror}. {_GO_ON}"
            ) from error

    def close(self) -> None:
        """Close it."""
        os.close(self._file)


class _Show:
    """What is said while a batch runs, and after it."""

    def __init__(self, is_error: bool) -> None:
        self.new = 0
        self.ungraded: list[Result] = []
        self._is_error = is_error
        self._is_live = sys.stderr.isatty()
        self._started = 0.0
        self._kinds: Counter[str] = Counter()
        self._scores: dict[str, list[tuple[bool, Attempt]]] = {}

    def result(self, result: "Result", running: "Batch") -> None:
        """Tell of one more result."""
        attempt = result.attempt
        self._started = self._started or time.monotonic()
        self._scores.setdefault(attempt.exercise, []).append((result.is_new, attempt))
        self._kinds.update({str(v.outcome) for v in attempt.verdicts if v.outcome not in _USUAL})
        if not attempt.score.is_decided:
            self.ungraded.append(result)
        if not result.is_new:
            return
        self.new += 1
        if self._is_live:
            screen.count(self._progress(running.todo))
        else:
            _tell(_line(result), is_error=True)

    def stopped(self) -> str:
        """Say what a batch leaves that was stopped."""
        return (
            f"stopped; {self.new} graded, and kept in the gradebook. The same command goes on from "
            "there."
        )

    def summary(self, roll: "Roll", running: "Batch") -> None:
        """Tell what came of all that was handed in.

        Raises:
            StoreError: there is no room for it where it goes.
        """
        screen.count("")
        rows: list[tuple[str, ...]] = [
            ("exercise", "graded", "unchanged", "ungraded", "full marks", "median")
        ]
        rows += [_row(exercise, found) for exercise, found in sorted(self._scores.items())]
        for line in _table(rows, screen.width()):
            self._say(line)
        unread = [(handed.path, why) for handed, why in running.unread]
        stray = [(stray.path, stray.reason) for stray in roll.unassigned]
        noted = [(handed.path, handed.note) for handed in roll.handed if handed.note]
        open_ = [(r.student, f"{r.attempt.exercise}: {r.why}") for r in self.ungraded]
        absent = [(", ".join(roll.absent), "")] if roll.absent else []
        for title, lines in {
            "ungraded, through no fault of theirs:": open_,
            "not taken in:": sorted({*unread, *stray}),
            "to be looked at:": noted,
            "handed in nothing:": absent,
        }.items():
            for line in ["", title, *(f"  {a}  {b}".rstrip() for a, b in lines)] * bool(lines):
                self._say(line)

    def _say(self, line: str) -> None:
        """Write a line, broken between words where the terminal is narrower."""
        is_wide = sys.stdout.isatty() and len(line) > screen.width()
        for part in layout.wrapped(_shown(line), screen.width()) if is_wide else [_shown(line)]:
            _tell(part, self._is_error)

    def _progress(self, of: int) -> str:
        seconds = max(time.monotonic() - self._started, 1e-3)
        # The first has started the clock.
        rate = (self.new - 1) / seconds
        parts = [f"{self.new} of {of}"]
        if self.new > 1:
            parts += [f"{60 * rate:.0f} a minute", _duration((of - self.new) / rate)]
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self._kinds.items()))
        return ", ".join(parts) + (f"; {kinds}" if kinds else "")


def _tell(line: str, is_error: bool) -> None:
    """Write a line to stdout or stderr.

    Raises:
        StoreError: stdout takes no more. Without stderr there is nobody to tell, and it goes on.
    """
    try:
        click.echo(line, err=is_error)
    except OSError as error:
        # What has stayed behind in this process would be tried again at its end, and fail it.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2 if is_error else 1)
        if not is_error:
            raise errors.StoreError(
                f"the table cannot be written: {error.strerror}. {_GO_ON}"
            ) from error


def _line(result: "Result") -> str:
    attempt = result.attempt
    if not attempt.score.is_decided:
        return _shown(f"{result.student}  {attempt.exercise}  ungraded: {result.why}")
    score = f"{points_text(attempt.score.earned)} / {points_text(attempt.score.possible)}"
    kinds = Counter(str(v.outcome) for v in attempt.verdicts if v.outcome not in _USUAL)
    notes = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return _shown(f"{result.student}  {attempt.exercise}  {score}{f'  ({notes})' if notes else ''}")


def _table(rows: list[tuple[str, ...]], room: int) -> list[str]:
    """Lay out rows below their heads; each by itself, a line for each cell, where that is wider."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) > room:
        _, *heads = rows[0]
        cells = [(row[0], zip(heads, row[1:], strict=True)) for row in rows[1:]]
        return [
            line
            for first, named in cells
            for line in (first, *(f"  {cell:>{max(widths[1:])}}  {head}" for head, cell in named))
        ]
    return [
        f"{first:{widths[0]}}"
        + "".join(f"  {cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True))
        for first, *others in rows
    ]


def _row(exercise: str, found: list[tuple[bool, Attempt]]) -> tuple[str, ...]:
    scores = [attempt.score for _, attempt in found if attempt.score.is_decided]
    median = statistics.median_low(score.earned for score in scores) if scores else None
    possible = points_text(scores[0].possible) if scores else ""
    return (
        exercise,
        str(sum(is_new and attempt.score.is_decided for is_new, attempt in found)),
        str(sum(not is_new for is_new, _ in found)),
        str(len(found) - len(scores)),
        str(sum(score.earned == score.possible for score in scores)),
        "" if median is None else f"{points_text(median)} / {possible}",
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s left"
    return f"{seconds / 60:.0f} min left" if seconds < 5400 else f"{seconds / 3600:.1f} h left"


def _shown(line: str) -> str:
    """Write a line that may hold anybody's words so that it can do nothing to a terminal."""
    return terminal.printable(line, is_ascii=not screen.can_encode("–"))
