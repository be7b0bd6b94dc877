"""The command `grade`: the words of the command line, and the verb that they ask for.

Each verb is a module of `grader.verbs`, loaded when it is asked for. No grading logic, no torch.
"""

import importlib
import keyword
import shutil
from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from grader import __version__
from grader.verbs import LACKING, complete

# In the order of the help.
VERBS = (
    "hint", "reset", "watch", "serve", "batch", "report", "similar", "rehearse", "calibrate",
    "notebook", "import", "release", "seal", "doctor",
    "export", "action", "rescore", "diff", "mark", "override", "extend",
)  # fmt: skip

# What stands in place of a verb: an exercise's name, and nothing at all.
_UNTYPED = ("exercise", "progress")

_EXAMPLES = (
    ("grade", "where you stand, and what to do next"),
    ("grade exercise-03", "grade your files in exercises/exercise-03"),
    ("grade 3 handed-in/ada", "grade the files in another folder"),
    ("grade 3 my.ipynb", "grade a notebook"),
    ("grade ex3 gradients.py --json -", "print the attempt as JSON, for a program"),
    ("grade 3 --html report.html", "the report as a page, with pictures"),
    ("grade hint exercise-03", "one more hint than last time"),
    ("grade reset exercise-03", "the stub again; yours is kept as a backup"),
    ("grade watch exercise-03", "grade again at each save"),
    ("grade batch handed-in", "grade a class into the gradebook"),
    ("grade report exercise-03", "what the class has, check by check"),
    ("grade rehearse exercise-03", "prove that an exercise is fair"),
    ("grade release ../students", "the students' repository"),
    ("grade doctor", "what this machine can confine"),
    ("grade export junit --from FILE", "a stored attempt in another program's form"),
)
_EXIT_CODES = (
    ("0", "every point"),
    ("1", "points lost"),
    ("2", "usage, or the teacher's files"),
    ("3", "our fault, not graded"),
)
_WIDEST = 80  # columns of the help


class _Formatter(click.HelpFormatter):
    """Gives explanations half of a narrow line; click would go beyond its end."""

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms with their explanations."""
        super().write_dl(rows, min(col_max, self.width // 2), col_spacing)


# For the help of every verb.
click.Context.formatter_class = _Formatter


class _Words(click.Group):
    """Loads verbs by name, and takes a word that is no verb as the exercise to grade."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb's module."""
        if cmd_name not in (*VERBS, *_UNTYPED):
            return None
        try:
            # A word of Python's own is no name of a module.
            module = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
            found = importlib.import_module(f"grader.verbs.{module}").command
        except ModuleNotFoundError as error:
            if error.name not in LACKING:
                raise
            return _not_here(cmd_name)
        assert isinstance(found, click.Command)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put a verb that nobody types in front of an exercise's name, or in the place of none."""
        if not args:
            # The Tab key asks what may stand there.
            args = [] if ctx.resilient_parsing else ["progress"]
        elif args[0] not in (*VERBS, "--version", "-h", "--help"):
            args = ["exercise", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Offer verbs and exercises, without loading any verb; or options."""
        if incomplete.startswith("-"):
            grading = self.get_command(ctx, "exercise")
            assert grading is not None
            found = [*grading.get_params(ctx), *self.get_params(ctx)]
            words = [name for item in found for name in item.opts if name.startswith("--")]
            return [CompletionItem(word) for word in words if word.startswith(incomplete)]
        return complete.first_words(VERBS, incomplete)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show what may be typed, and what the exit codes mean."""
        for title, rows in (("Examples", _EXAMPLES), ("Exit codes", _EXIT_CODES)):
            with formatter.section(title):
                formatter.write_dl(rows, col_max=formatter.width)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of grading beside those of the command itself."""
        grading = self.get_command(ctx, "exercise")
        assert grading is not None
        found = [*grading.get_params(ctx), *self.get_params(ctx)]
        records = (item.get_help_record(ctx) for item in found if isinstance(item, click.Option))
        rows = dict(record for record in records if record)
        with formatter.section("Options"):
            formatter.write_dl(list(rows.items()))
        self.format_commands(ctx, formatter)


def _not_here(name: str) -> click.Command:
    """Make a verb that says why it cannot be had on Windows."""

    def say() -> None:
        # Only who asks for it waits for what writes the sentence.
        from grader.verbs import screen  # noqa: PLC0415

        screen.demand_processes()

    settings = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(name, settings, say, help="Not on Windows; in WSL2, which is Linux.")


@click.group(
    cls=_Words,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar="",
    subcommand_metavar="EXERCISE [PATH] | VERB",
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="grade")
def command() -> None:
    """Grade an exercise of the course in this folder.

    EXERCISE is its id, its number or its folder. PATH is a folder, a .py file or a notebook to
    grade instead of the files in the exercise's own folder.
    """


def main() -> None:
    """Run the command, by its name however it was started: completion asks by that name."""
    # click's own help is never narrower than 50 columns.
    columns = min(shutil.get_terminal_size().columns or _WIDEST, _WIDEST)
    command(prog_name="grade", terminal_width=columns)
