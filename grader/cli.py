"""The command `grade`: words in, report and exit code out. No grading logic, and no torch.

It starts the trusted process first, because importing torch is most of the wait, and reads the
course and the submission meanwhile.
"""

import os
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import click

from grader import __version__, errors, scoring
from grader.records import Attempt, Exercise, Submission
from grader.reports import attempt as attempt_report
from grader.reports import terminal
from grader.trusted import Judge, order

WIDEST = 100  # columns: a longer line is hard to read
OURS = 3
PRINTED_LINES = 50

_EXAMPLES = """
\b
Examples:
  grade exercise-03                  grade your files in exercises/exercise-03
  grade 3 handed-in/ada              grade the files in another folder
  grade ex3 gradients.py --json -    print the attempt as JSON, for a program
  grade doctor                       what this machine can confine

\b
Exit codes:
  0  every point   1  points lost   2  usage or the teacher's files   3  our fault, not graded
"""


class _Words(click.Group):
    """Takes a word that is no verb as the exercise to grade."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the verb that nobody types in front of an exercise's name."""
        if not args or args[0] not in (*self.commands, "--version", "-h", "--help"):
            args = ["exercise", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of grading beside those of the command itself."""
        found = [*self.commands["exercise"].get_params(ctx), *self.get_params(ctx)]
        records = (item.get_help_record(ctx) for item in found if isinstance(item, click.Option))
        rows = dict(record for record in records if record)
        with formatter.section("Options"):
            formatter.write_dl(list(rows.items()))
        self.format_commands(ctx, formatter)


@click.group(
    cls=_Words,
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar="",
    subcommand_metavar="EXERCISE [PATH] | VERB",
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="grade")
def command() -> None:
    """Grade an exercise of the course in this folder.

    EXERCISE is its id, its number or its folder. PATH is a folder or a .py file to grade instead
    of the files in the exercise's own folder.
    """


@command.command(name="doctor")
def doctor_command() -> None:
    """Tell what this machine can confine, and what is missing.

    Example: grade doctor
    """
    from grader import doctor  # noqa: PLC0415  The walls' tables are no business of other verbs.

    findings = doctor.examine()
    click.echo(doctor.render(findings, is_ascii=not _can_encode("✓–")), nl=False)
    sys.exit(0 if doctor.can_confine(findings) else OURS)


@command.command(name="exercise", hidden=True)
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
def exercise_command(  # noqa: PLR0917  click passes the words of the command line.
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
    try:
        root = course.find_root(here)
        with Judge() as judge:
            known = course.load(root)
            chosen = course.find_exercise(known, exercise, here)
            submission = submissions.read(path or chosen.stub_dir, chosen, _shown(path, chosen))
            wish = order(root, chosen, submission, device=device, seed=seed, confine=confine)
            attempt = judge.grade(wish, _show_progress)
            _show_printed(judge.printed)
        _report(attempt, chosen, submission, json_path)
    except errors.GraderError as error:
        click.echo(f"grade: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("grade: stopped; nothing was graded", err=True)
        sys.exit(130)
    sys.exit(scoring.exit_code(attempt.score))


def _show_progress(done: int, of: int) -> None:
    """Count the checks on a terminal, on a line that the report then takes over."""
    if sys.stderr.isatty():
        text = f"\r{done} of {of} checks" if done < of else "\r\033[K"
        click.echo(text, err=True, nl=False)


def _show_printed(text: str) -> None:
    """Pass on what the student's code printed, on stderr: it is theirs, and no part of a report."""
    if text.strip():
        click.echo("printed by these files, while the visible checks ran:", err=True)
        for line in text.splitlines()[:PRINTED_LINES]:
            shown = terminal.printable(line, is_ascii=not _can_encode("✓"))
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
        _write(Path(json_path), text)
    withheld = exercise.points - attempt.score.possible
    click.echo(
        terminal.render(
            attempt,
            notes=_notes(submission),
            withheld=max(withheld, Fraction(0)),
            width=_width(),
            is_ascii=not _can_encode("✓✗–→"),
            has_color=sys.stdout.isatty() and not os.environ.get("NO_COLOR"),
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


def _width() -> int:
    if not sys.stdout.isatty():
        return 80
    return min(os.get_terminal_size(sys.stdout.fileno()).columns, WIDEST)


def _can_encode(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        CourseError: it cannot be written there.
    """
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as f:
            f.write(text)
        os.replace(f.name, path)
    except OSError as error:
        raise errors.CourseError(
            f"the attempt cannot be written to {path}: {error.strerror}; name a file in a folder "
            "that exists and that you may write to."
        ) from error


def main() -> None:
    """Run the command."""
    command()
