"""`grade action`: one student's repository, for a service that grades each push.

It is what action.yml runs, and works at home too: without --into it prints the reports and no more.
With it, a folder receives what the service shows; `outputs` last, and each file whole or not at
all, so that whoever finds `outputs` finds the rest:

    exercise-03.json   the attempt, for each exercise that has one
    report.json        all of them, schema grader/sheet/v1
    summary.md         Markdown, below 1 MiB
    annotations.txt    workflow commands, at most ten of each kind
    outputs            lines NAME=VALUE: status, score, max-score, report, summary, result

Nothing here prints a workflow command, and whatever a student's files printed is made harmless; the
shell that runs this stops GitHub's reader of commands besides.
"""

import base64
import re
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader import errors
from grader.records import points_text
from grader.reports import attempt as attempt_report
from grader.reports import layout, terminal
from grader.reports import sheet as sheet_report
from grader.reports.exports import annotations, classroom, summary
from grader.reports.exports.annotations import Annotation, Kind
from grader.reports.exports.text import plain
from grader.reports.sheet import Fault, Sheet
from grader.verbs import screen

if TYPE_CHECKING:
    from grader.verbs.pushed import Graded

REPORT, SUMMARY = "report.json", "summary.md"
ANNOTATIONS, OUTPUTS = "annotations.txt", "outputs"

NEVER, UNGRADED, POINTS_LOST = "never", "ungraded", "points-lost"
PRINTED_LINES = 50
_DRY = "A dry run: nothing of this counts."
_OTHERS, _OURS = 2, 3
# The reporter stays quiet and the job green; without a test it would divide by zero.
_NOTHING = (
    '{"version":1,"status":"pass","max_score":0,'
    '"tests":[{"name":"checks","status":"pass","score":0,"line_no":0}]}'
)


@click.command(name="action")
@click.argument("exercises", nargs=-1)
@click.option("--course", "course_path", metavar="FOLDER", type=click.Path(path_type=Path),
              default=".", help="Where gradebook.yml is; by default here.")  # fmt: skip
@click.option("--submission", metavar="PATH", type=click.Path(path_type=Path), default=".",
              help="The student's repository; by default here.")  # fmt: skip
@click.option("--into", metavar="FOLDER", type=click.Path(path_type=Path),
              help="Write report.json, summary.md and more there.")  # fmt: skip
@click.option("--fail-on", type=click.Choice([NEVER, UNGRADED, POINTS_LOST]), default=UNGRADED,
              show_default=True, help="What makes the exit code another than 0.")  # fmt: skip
@click.option("--confine", type=click.Choice(["auto", "strict", "none"]), default="auto",
              show_default=True, help="As for grade EXERCISE.")  # fmt: skip
@click.option("--changed", metavar="FILE", type=click.Path(path_type=Path),
              help="Grade only what these paths belong to, one a line.")  # fmt: skip
@click.option("--dry", is_flag=True, help="Give out no score, and never fail.")
def command(  # noqa: PLR0917  click passes the words of the command line.
    exercises: tuple[str, ...],
    course_path: Path,
    submission: Path,
    into: Path | None,
    fail_on: str,
    confine: str,
    changed: Path | None,
    dry: bool,
) -> None:
    """Grade a student's repository: EXERCISES by id or number, or all.

    What the composite GitHub Action of this project runs. An exercise that cannot be graded leaves
    the whole without a score, and costs the others nothing.

    Example: grade action 3 4 --submission handed-in/ada --into report
    """
    screen.demand_processes()
    from grader.verbs import pushed  # noqa: PLC0415  Help answers without YAML and hashes.

    with screen.ending("stopped; nothing was graded"):
        seen: list[pushed.Graded] = []
        title, why, fault = "", "", None
        try:
            known, chosen = pushed.choose(course_path, " ".join(exercises))
            title = known.title
            meant = pushed.changed(chosen, changed)
            if len(meant) < len(chosen):
                why = f"Of {len(chosen)} exercises, the push changed {len(meant)}."
            for graded in pushed.grade(known, meant, submission, confine, _progress):
                seen.append(graded)
                _show(graded)
        except errors.GraderError as error:
            why, fault = str(error), pushed.fault_of(error)
            screen.complain(plain(why))
        sheet = Sheet(title, tuple(graded.row for graded in seen), why, fault)
        if into is not None:
            _write(into, sheet, _annotated(seen), is_dry=dry)
        _total(sheet)
    sys.exit(0 if dry else exit_code(sheet, fail_on))


def exit_code(sheet: Sheet, fail_on: str) -> int:
    """Give the exit code: 1 points lost, 2 somebody's files, 3 ours; 0 where that is not asked."""
    if fail_on == NEVER:
        return 0
    if sheet.faults:
        return _OURS if Fault.GRADER in sheet.faults else _OTHERS
    is_lost = sheet.score.earned < sheet.score.possible
    return 1 if fail_on == POINTS_LOST and is_lost else 0


def _progress(exercise: str, done: int, of: int) -> None:
    """Count the checks on a terminal, on a line that the report then takes over."""
    screen.count(f"{exercise}: {done} of {of} checks" if done < of else "")


def _show(graded: "Graded") -> None:
    """Print one exercise's report, and what its files printed."""
    row, is_ascii = graded.row, not screen.can_encode("✓✗–→")
    if row.attempt is None:
        text = f"{row.exercise}  {row.title}\n\n{_fitted(f'  not graded: {row.why}')}\n"
    else:
        text = terminal.render(
            row.attempt,
            notes=row.notes,
            withheld=row.withheld,
            hidden=row.hidden,
            width=screen.width(),
            is_ascii=is_ascii,
        )
    _say(text)
    lines = graded.printed.splitlines()
    if graded.printed.strip():
        _say("printed by these files, while the visible checks ran:")
        for line in lines[:PRINTED_LINES]:
            _say(f"  {line}")
    if len(lines) > PRINTED_LINES:
        _say(f"  and {len(lines) - PRINTED_LINES} more lines")
    _say("")


def _say(text: str) -> None:
    """Print lines that may hold anybody's words so that nobody obeys them."""
    for line in text.split("\n"):
        click.echo(plain(screen.printable(line)))


def _total(sheet: Sheet) -> None:
    if len(sheet.rows) != 1 and not sheet.fault:
        score = sheet.score
        told = f"{points_text(score.earned)} / {points_text(score.possible)}"
        said = f"In all: {told}" if score.is_decided else "There is no score."
        _say(_fitted(" ".join(filter(None, [plain(sheet.why), said]))))


def _fitted(text: str) -> str:
    """Break a text between words where a terminal is narrower; a log has no width."""
    if not sys.stdout.isatty():
        return text
    indent = text[: len(text) - len(text.lstrip())]
    parts = layout.wrapped(text.strip(), screen.width() - len(indent))
    return "\n".join(indent + part for part in parts)


def _annotated(seen: Sequence["Graded"]) -> list[Annotation]:
    """Make the annotations of all exercises, and a notice for each that was not graded."""
    found: list[Annotation] = []
    for graded in seen:
        row = graded.row
        if row.attempt is not None:
            found += annotations.of(row.attempt, graded.files)
        else:
            title = f"{row.exercise}: not graded"
            found.append(Annotation(Kind.NOTICE, "", None, title, plain(row.why)))
    return found


def _write(into: Path, sheet: Sheet, found: Sequence[Annotation], *, is_dry: bool) -> None:
    """Write the folder.

    Raises:
        CourseError: it cannot be written.
    """
    try:
        into.mkdir(parents=True, exist_ok=True)
        (into / OUTPUTS).unlink(missing_ok=True)
    except OSError as error:
        raise errors.CourseError(f"{into} cannot be written: {error.strerror}") from error
    for row in sheet.rows:
        if row.attempt is not None:
            screen.write(into / f"{row.exercise}.json", attempt_report.to_json(row.attempt))
    screen.write(into / REPORT, sheet_report.to_json(sheet))
    screen.write(into / SUMMARY, _summary(sheet, is_dry=is_dry))
    screen.write(into / ANNOTATIONS, annotations.render(found))
    screen.write(into / OUTPUTS, _outputs(into.resolve(), sheet, is_dry=is_dry))


def _summary(sheet: Sheet, *, is_dry: bool) -> str:
    try:
        return summary.export(sheet, _DRY if is_dry else "")
    except errors.CourseError as error:
        return f"No summary: {plain(str(error))}\n"


def _outputs(into: Path, sheet: Sheet, *, is_dry: bool) -> str:
    """Write what the step gives out, a line each; without a score there is no number at all."""
    total, has_score = sheet.score, sheet.status == "graded" and not is_dry
    values = {
        "status": sheet.status,
        "score": points_text(total.earned) if has_score else "",
        "max-score": points_text(total.possible) if has_score else "",
        "report": str(into / REPORT),
        "summary": str(into / SUMMARY),
        "result": "" if is_dry else _result(sheet),
    }
    return "".join(_output(name, value) for name, value in values.items())


def _output(name: str, value: str) -> str:
    """Write one output; a folder's name can have any letters, the end of a line among them."""
    if not re.search(r"[\r\n]", value):
        return f"{name}={value}\n"
    end = secrets.token_hex(16)
    return f"{name}<<{end}\n{value}\n{end}\n"


def _result(sheet: Sheet) -> str:
    """Write what GitHub Classroom's reporter reads; "" where it could not take so much."""
    if sheet.status == "nothing":
        return base64.b64encode(_NOTHING.encode()).decode()
    try:
        text = classroom.export(sheet_report.merged(sheet))
    except errors.CourseError as error:
        screen.complain(plain(str(error)))
        return ""
    return base64.b64encode(text.encode()).decode()
