"""The command `grade`: the words of the command line, and the verb that they ask for.

Each verb is a module of `grader.verbs`, loaded when it is asked for. No grading logic, no torch.
"""

import importlib

import click

from grader import __version__

# In the order of the help.
VERBS = (
    "batch", "rehearse", "calibrate", "doctor", "export", "rescore", "diff", "mark", "override",
    "extend",
)  # fmt: skip

_EXAMPLES = """
\b
Examples:
  grade exercise-03                  grade your files in exercises/exercise-03
  grade 3 handed-in/ada              grade the files in another folder
  grade ex3 gradients.py --json -    print the attempt as JSON, for a program
  grade batch handed-in              grade a class into the gradebook
  grade rehearse exercise-03         prove that an exercise is fair
  grade doctor                       what this machine can confine
  grade export junit --from FILE     a stored attempt in another program's form

\b
Exit codes:
  0  every point   1  points lost   2  usage or the teacher's files   3  our fault, not graded
"""


class _Words(click.Group):
    """Loads verbs by name, and takes a word that is no verb as the exercise to grade."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb's module."""
        if cmd_name not in (*VERBS, "exercise"):
            return None
        found = importlib.import_module(f"grader.verbs.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the verb that nobody types in front of an exercise's name."""
        if not args or args[0] not in (*VERBS, "--version", "-h", "--help"):
            args = ["exercise", *args]
        return super().parse_args(ctx, args)

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


def main() -> None:
    """Run the command."""
    command()
