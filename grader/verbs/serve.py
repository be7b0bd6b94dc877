"""`grade serve`: keep torch imported, so that every `grade` of this account answers at once."""

import click

from grader.errors import CourseError
from grader.verbs import again, screen


@click.command(name="serve")
@click.option("--idle", type=click.FloatRange(min=0.01), default=30, show_default=True,
              metavar="MINUTES", help="End when nobody has asked for so long.")  # fmt: skip
def command(idle: float) -> None:
    """Keep a process ready that answers `grade EXERCISE` without waiting for torch.

    It serves this account and this installation until Control-C, or until nobody asks any more.
    Nothing else has to be said or set: `grade` finds it, and does without it where there is none.

    Example: grade serve &
    """
    verbs = {*again.names(), "-h", "--help", "--version"}

    def serves(words: list[str]) -> bool:
        """Grading, which waits for torch; and where one stands, which is as quick as it is."""
        return not words or words[0] not in verbs

    with screen.ending():
        try:
            from grader import serving  # noqa: PLC0415  Windows lacks what it needs.
        except ImportError as error:
            raise CourseError("grade serve needs Linux or macOS; on Windows use WSL2") from error
        with serving.Server(again.runner(), serves, 60 * idle) as server:
            click.echo(f"ready; ends by Control-C, or when nobody has asked for {idle:g} minutes")
            click.echo(f"ended: {server.serve()}")
