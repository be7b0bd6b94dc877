"""Running `grade` again inside a process that keeps a judge: for the server, and at each save.

The whole command is run, words to exit code, so that what is shown is what `grade` itself shows.
"""

from collections.abc import Callable

import click

from grader.trusted import Judge


def runner() -> Callable[[list[str], Judge], int]:
    """Give what runs the command that this verb belongs to: words and a judge in, exit code out."""
    root = click.get_current_context().find_root().command

    def run(words: list[str], judge: Judge) -> int:
        try:
            root.main(args=words, prog_name="grade", obj=judge)
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        return 0

    return run


def names() -> list[str]:
    """Name the verbs of the command that this verb belongs to."""
    context = click.get_current_context().find_root()
    assert isinstance(context.command, click.Group)
    return context.command.list_commands(context)
