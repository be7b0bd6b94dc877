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
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO

import click

from grader import errors
from grader.records import Attempt, Outcome, points_text
from grader.reports import attempt as attempt_report
from grader.reports import terminal
from grader.verbs import book, screen

if TYPE_CHECKING:
    from grader.batch import Batch, Result
    from grader.intake import Roll

UNGRADED = 3

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
    confine: str,
    where: str | None,
) -> None:
    """Grade all that lies in FOLDER, and keep each attempt in the gradebook.

    FOLDER holds one folder, .py file, zip or clone for each student, or a download from GitHub
    Classroom, Canvas or Moodle. What was stopped goes on where it was when the command is typed
    again.

    Example: grade batch handed-in -j 4
    """
    from grader import course, intake, roster  # noqa: PLC0415  Help answers without YAML.

    signal.signal(signal.SIGTERM, _stop)
    show = _Show(is_error=json_path == "-")
    with screen.ending(show.stopped):
        root = course.find_root(Path.cwd())
        known = course.load(root)
        chosen = known.exercises
        if exercise is not None:
            chosen = (course.find_exercise(known, exercise, Path.cwd()),)
        students = roster.read(roster_path) if roster_path else None
        roll = intake.take_in(folder, chosen, students)
        with book.open_book(where, root, is_new_allowed=True) as opened, _lines(json_path) as lines:
            # SQLAlchemy, which may not be installed, has been found by now.
            from grader import batch, judges  # noqa: PLC0415

            for row in students.rows.values() if students else ():
                opened.enrol(row.student, row.name, row.section)
            settings = judges.Settings(root, count or judges.default_judges(), confine=confine)
            words = [str(folder.resolve()), exercise or "", "regrade" if is_regrade else ""]
            running = batch.Batch(
                chosen, roll.handed, opened, is_regrade, " ".join(filter(None, words))
            )
            with judges.Judges(settings) as judging, closing(running.results(judging)) as results:
                for result in results:
                    _write(lines, json_path, result)
                    show.result(result, running)
    show.summary(roll, running)
    sys.exit(UNGRADED if show.ungraded else 0)


def _stop(number: int, frame: FrameType | None) -> None:
    """End as Control-C does."""
    raise KeyboardInterrupt


def _lines(path: str | None) -> TextIO:
    """Open the file that attempts go to.

    Raises:
        CourseError: it cannot be written there.
    """
    try:
        # With `-` a copy, so that closing it leaves stdout alone.
        name: str | int = 1 if path == "-" else path or os.devnull
        return open(name, "w", encoding="utf-8", closefd=path != "-")
    except OSError as error:
        raise errors.CourseError(
            f"{path} cannot be written: {error.strerror}; name a file in a folder that exists"
        ) from error


def _write(lines: TextIO, path: str | None, result: "Result") -> None:
    if path is None:
        return
    fields = json.loads(attempt_report.to_json(result.attempt))
    try:
        lines.write(json.dumps({"student": result.student, **fields}) + "\n")
        lines.flush()
    except OSError as error:
        raise errors.StoreError(
            f"{path} cannot be written: {error.strerror}. What was graded is kept in the "
            "gradebook; make room and run the command again"
        ) from error


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
            click.echo(_line(result), err=True)

    def stopped(self) -> str:
        """Say what a batch leaves that was stopped."""
        return (
            f"stopped; {self.new} graded, and kept in the gradebook. The same command goes on from "
            "there."
        )

    def summary(self, roll: "Roll", running: "Batch") -> None:
        """Tell what came of all that was handed in."""
        screen.count("")
        rows: list[tuple[str, ...]] = [
            ("exercise", "graded", "unchanged", "ungraded", "full marks", "median")
        ]
        rows += [_row(exercise, found) for exercise, found in sorted(self._scores.items())]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for first, *others in rows:
            cells = [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
            self._say("  ".join([f"{first:{widths[0]}}", *cells]))
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
        click.echo(_shown(line), err=self._is_error)

    def _progress(self, of: int) -> str:
        seconds = max(time.monotonic() - self._started, 1e-3)
        # The first has started the clock.
        rate = (self.new - 1) / seconds
        parts = [f"{self.new} of {of}"]
        if self.new > 1:
            parts += [f"{60 * rate:.0f} a minute", _duration((of - self.new) / rate)]
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self._kinds.items()))
        return ", ".join(parts) + (f"; {kinds}" if kinds else "")


def _line(result: "Result") -> str:
    attempt = result.attempt
    if not attempt.score.is_decided:
        return _shown(f"{result.student}  {attempt.exercise}  ungraded: {result.why}")
    score = f"{points_text(attempt.score.earned)} / {points_text(attempt.score.possible)}"
    kinds = Counter(str(v.outcome) for v in attempt.verdicts if v.outcome not in _USUAL)
    notes = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return _shown(f"{result.student}  {attempt.exercise}  {score}{f'  ({notes})' if notes else ''}")


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
