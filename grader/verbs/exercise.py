"""`grade EXERCISE`, the verb that nobody types: grade one submission and report it.

It starts the trusted process first, because importing torch is most of the wait, and reads the
course and the submission meanwhile.
"""

import sys
from fractions import Fraction
from pathlib import Path

import click

from grader import scoring
from grader.records import Attempt, Exercise, Submission
from grader.reports import attempt as attempt_report
from grader.reports import terminal
from grader.trusted import Judge, order
from grader.verbs import screen

PRINTED_LINES = 50


@click.command(name="exercise", hidden=True)
@click.argument("exercise", required=False)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--json", "json_path", metavar="FILE", help="Write the attempt as JSON; - for stdout."
)
@click.option("--device", type=click.Choice(["cpu", "cuda", "auto"]), default="cpu",
              show_default=True, help="Where the checks compute.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), help="Draw other inputs.")
@click.option("--confine", type=click.Choice(["auto", "strict", "none"]), default="auto",
              show_default=True, help="auto: the best walls there are; strict: all, or do not run; "
              "none: only limits, for your own code.")  # fmt: skip
def command(  # noqa: PLR0917  click passes the words of the command line.
    exercise: str | None,
    path: Path | None,
    json_path: str | None,
    device: str,
    seed: int | None,
    confine: str,
) -> None:
    """Grade an exercise of the course in this folder.

    EXERCISE is its id, its number or its folder; PATH is a folder or a .py file to grade instead
    of the files in the exercise's own folder.
    """
    from grader import course, submissions  # noqa: PLC0415  Help answers without YAML and hashes.

    here = Path.cwd()
    with screen.ending("stopped; nothing was graded"):
        root = course.find_root(here)
        with Judge() as judge:
            known = course.load(root)
            chosen = course.find_exercise(known, exercise, here)
            submission = submissions.read(path or chosen.stub_dir, chosen, _shown(path, chosen))
            wish = order(root, chosen, submission, device=device, seed=seed, confine=confine)
            attempt = judge.grade(wish, _show_progress)
            _show_printed(judge.printed)
        _report(attempt, chosen, submission, json_path)
    sys.exit(scoring.exit_code(attempt.score))


def _show_progress(done: int, of: int) -> None:
    """Count the checks on a terminal, on a line that the report then takes over."""
    screen.count(f"{done} of {of} checks" if done < of else "")


def _show_printed(text: str) -> None:
    """Pass on what the student's code printed, on stderr: it is theirs, and no part of a report."""
    if text.strip():
        click.echo("printed by these files, while the visible checks ran:", err=True)
        for line in text.splitlines()[:PRINTED_LINES]:
            shown = terminal.printable(line, is_ascii=not screen.can_encode("✓"))
            click.echo(f"  {shown}", err=True)


def _shown(path: Path | None, exercise: Exercise) -> str:
    """Name the submission for reports, without a path of this machine that nobody typed."""
    return str(path) if path is not None else f"exercises/{exercise.id}"


def _report(
    attempt: Attempt, exercise: Exercise, submission: Submission, json_path: str | None
) -> None:
    if json_path is not None:
        text = attempt_report.to_json(attempt)
        if json_path == "-":
            click.echo(text, nl=False)
            return
        screen.write(Path(json_path), text)
    withheld = exercise.points - attempt.score.possible
    click.echo(
        terminal.render(
            attempt,
            notes=_notes(submission),
            withheld=max(withheld, Fraction(0)),
            width=screen.width(),
            is_ascii=not screen.can_encode("✓✗–→"),
            has_color=screen.has_color(),
        ),
        nl=False,
    )


def _notes(submission: Submission) -> list[str]:
    notes = []
    if submission.missing:
        notes.append(f"missing: {', '.join(submission.missing)}")
    if submission.ignored:
        notes.append(f"ignored: {', '.join(submission.ignored)}")
    return notes
