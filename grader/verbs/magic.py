"""`%grade EXERCISE` in a notebook: the cells that were run there are graded, the report in place.

What is graded is what Jupyter has run since its kernel was started, cell by cell, the last run of
equal ones. That alone is known in every program that shows notebooks: few tell an extension where
the notebook is stored, and what is stored is older than what is seen. A cell goes by the number
that stands beside it: [5] is cell 5. Commands to Jupyter that were run are left out and told; they
cannot be taken back, as in a file.
"""

import html
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from grader import course, submissions
from grader.errors import CourseError, GraderError
from grader.memory import Memory
from grader.records import Attempt, Exercise, Submission
from grader.reports import page, terminal
from grader.trusted import Judge, order
from grader.verbs import screen

_PRINTED = "printed by these cells, while the visible checks ran:"
_PRINTED_LINES = 50
_USAGE = "write %grade exercise-03, or %grade alone in the exercise's folder"


class _History(Protocol):
    input_hist_raw: list[str]


class _Shell(Protocol):
    """What is needed of IPython's shell."""

    history_manager: _History

    def register_magic_function(
        self, func: Callable[[str], object], magic_kind: str, magic_name: str
    ) -> None: ...


@dataclass(frozen=True)
class Report:
    """A report that a notebook shows as HTML, and anything else as text."""

    text: str
    page: str

    def _repr_html_(self) -> str:
        return self.page

    def __repr__(self) -> str:
        return self.text


def load(shell: _Shell) -> None:
    """Give a notebook the command `%grade`."""

    def grade(line: str) -> Report | None:
        """Grade the cells that were run in this notebook: %grade exercise-03."""
        try:
            return report(line, shell.history_manager.input_hist_raw, Path.cwd())
        except GraderError as error:
            print(f"grade: {error}", file=sys.stderr)
            return None

    shell.register_magic_function(grade, "line", "grade")


def report(line: str, inputs: Sequence[str], here: Path) -> Report:
    """Grade what was run.

    Args:
        line: what stands after %grade.
        inputs: the sources of all cells that were run, by the number that Jupyter gave them.
        here: the folder of the notebook.

    Raises:
        GraderError: it cannot be graded; the sentence says why.
    """
    words = line.split()
    if len(words) > 1:
        raise CourseError(f"%grade takes the name of one exercise and got {line!r}; {_USAGE}")
    root = course.find_root(here)
    with Judge() as judge:
        known = course.load(root)
        exercise = course.find_exercise(known, words[0] if words else None, here)
        submission = submissions.of_cells(_latest(inputs), exercise, "this notebook")
        attempt = judge.grade(order(root, exercise, submission), lambda done, of: None)
        printed = judge.printed
    with screen.aside():
        Memory(root).keep(attempt, datetime.now(UTC).astimezone())
    return _report(attempt, exercise, submission, printed)


def _latest(inputs: Sequence[str]) -> Iterable[tuple[int, str]]:
    """Number the inputs, and leave out those that were run again as they were."""
    last = {source: number for number, source in enumerate(inputs)}
    return sorted((number, source) for source, number in last.items())


def _report(attempt: Attempt, exercise: Exercise, submission: Submission, printed: str) -> Report:
    withheld = max(exercise.points - attempt.score.possible, Fraction(0))
    hidden = exercise.hidden_checks
    text = terminal.render(attempt, notes=submission.notes, withheld=withheld, hidden=hidden)
    markup = page.fragment(attempt, notes=submission.notes, withheld=withheld, hidden=hidden)
    if printed.strip():
        lines = [terminal.printable(line) for line in printed.splitlines()[:_PRINTED_LINES]]
        told = "\n".join([_PRINTED, *(f"  {line}" for line in lines)])
        text += f"\n{told}\n"
        markup += f"<pre>{html.escape(told)}</pre>\n"
    return Report(text, markup)
