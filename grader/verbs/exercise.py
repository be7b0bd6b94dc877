"""`grade EXERCISE`, the verb that nobody types: grade one submission and report it.

It starts the trusted process first, because importing torch is most of the wait, and reads the
course and the submission meanwhile.
"""

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import click

from grader import scoring
from grader.errors import CourseError
from grader.records import Attempt, Course, Exercise, Submission
from grader.reports import attempt as attempt_report
from grader.reports import terminal
from grader.trusted import Judge, order
from grader.verbs import screen, sealed

PRINTED_LINES = 50


@click.command(name="exercise", hidden=True)
@click.argument("exercise", required=False)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--json", "json_path", metavar="FILE", help="Write the attempt as JSON; - for stdout."
)
@click.option("--html", "html_path", metavar="FILE", type=click.Path(path_type=Path),
              help="Write the report as a page for a browser, with pictures.")  # fmt: skip
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
    html_path: Path | None,
    device: str,
    seed: int | None,
    confine: str,
) -> None:
    """Grade an exercise of the course in this folder.

    EXERCISE is its id, its number or its folder; PATH is a folder, a .py file or a notebook to
    grade instead of the files in the exercise's own folder.
    """
    screen.demand_processes()
    from grader import course, submissions  # noqa: PLC0415  Help answers without YAML and hashes.

    here = Path.cwd()
    with screen.ending("stopped; nothing was graded"):
        root = course.find_root(here)
        with _judge() as judge:
            known = course.load(root)
            chosen = course.find_exercise(known, exercise, here)
            with sealed.given(root, chosen, confine) as given:
                graded = given.exercise
                submission = submissions.read(path or chosen.stub_dir, graded, _shown(path, chosen))
                wish = order(given.root, graded, submission, device=device, seed=seed,
                             confine=given.confine, told_as=given.told_as)  # fmt: skip
                attempt = judge.grade(wish, _show_progress)
            _show_printed(judge.printed)
        hints = _hints(chosen, path, attempt)
        _report(attempt, graded, submission, json_path=json_path, html_path=html_path, hints=hints)
        _remember(known, chosen, path, attempt, is_told=json_path != "-")
    sys.exit(scoring.exit_code(attempt.score))


def _judge() -> AbstractContextManager[Judge]:
    """Start the trusted process; take the one that is kept where this process keeps one."""
    kept = click.get_current_context().obj
    return nullcontext(kept) if isinstance(kept, Judge) else Judge()


def _remember(
    known: Course, exercise: Exercise, path: Path | None, attempt: Attempt, *, is_told: bool
) -> None:
    """Keep an attempt at one's own files for `grade` and `grade hint`; at full marks say what next.

    Args:
        known: the course.
        exercise: which of its exercises.
        path: what was named to be graded; what somebody else handed in is not kept.
        attempt: what came of it.
        is_told: whether anybody reads along.
    """
    # Grading does not wait for SQLite and the trees of check files.
    from grader import desk  # noqa: PLC0415
    from grader.memory import Memory  # noqa: PLC0415
    from grader.reports import progress  # noqa: PLC0415

    if not desk.is_own(exercise, path):
        return
    kept, now = Memory(known.root), datetime.now(UTC).astimezone()
    with screen.aside():
        kept.keep(attempt, now)
        desk.notice(kept, exercise)
        if is_told and scoring.exit_code(attempt.score) == 0:
            _, following = desk.look(known, kept, now, Path.cwd())
            is_ascii = not screen.can_encode("–")
            text = progress.render_next(following, width=screen.width(), is_ascii=is_ascii)
            click.echo(f"\n{text}", nl=False)


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
    attempt: Attempt,
    exercise: Exercise,
    submission: Submission,
    *,
    json_path: str | None,
    html_path: Path | None,
    hints: dict[str, str],
) -> None:
    notes = _notes(submission)
    withheld = max(exercise.points - attempt.score.possible, Fraction(0))
    if html_path is not None:
        # Who wants no page does not wait for what draws it.
        from grader.reports import page  # noqa: PLC0415

        text = page.render(attempt, notes=notes, withheld=withheld, hidden=exercise.hidden_checks,
                           hints=hints)  # fmt: skip
        screen.write(html_path, text)
    if json_path is not None:
        text = attempt_report.to_json(attempt)
        if json_path == "-":
            click.echo(text, nl=False)
            return
        screen.write(Path(json_path), text)
    click.echo(
        terminal.render(
            attempt,
            notes=notes,
            withheld=withheld,
            hidden=exercise.hidden_checks,
            hints=hints,
            width=screen.width(),
            is_ascii=not screen.can_encode("✓✗–→"),
            has_color=screen.has_color(),
        ),
        nl=False,
    )


def _hints(exercise: Exercise, path: Path | None, attempt: Attempt) -> dict[str, str]:
    """Say for each check that one's own files lost, and that has hints, what to type for one."""
    if scoring.exit_code(attempt.score) == 0:
        return {}
    from grader import desk, hints  # noqa: PLC0415  Who lost nothing does not wait for them.

    if not desk.is_own(exercise, path):
        return {}
    lost = [each.check.id for each in attempt.verdicts if each.outcome not in desk.NOT_LOST]
    try:
        listed = hints.load(exercise.stub_dir / hints.HINTS)
    except CourseError:
        # There are none, or they cannot be read: `grade hint` says which.
        return {}
    names = {check: next((n for n in (check.partition("[")[0], check) if n in listed), "")
             for check in lost}  # fmt: skip
    return {check: f"grade hint {exercise.id} {name}" for check, name in names.items() if name}


def _notes(submission: Submission) -> list[str]:
    notes = []
    if submission.missing:
        notes.append(f"missing: {', '.join(submission.missing)}")
    if submission.ignored:
        notes.append(f"ignored: {', '.join(submission.ignored)}")
    return [*notes, *submission.notes]
