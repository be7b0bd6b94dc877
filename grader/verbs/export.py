"""`grade export`: a stored attempt in the form that another program reads; nothing is run."""

import difflib
import os
import sys
from pathlib import Path

import click

from grader import errors
from grader.records import Attempt
from grader.reports import attempt as attempt_report
from grader.reports import layout
from grader.reports.exports.registry import FORMATS
from grader.verbs import screen


@click.command(name="export")
@click.argument("format_name", metavar="FORMAT", required=False)
@click.option("--from", "source", metavar="ATTEMPT.json",
              help="The attempt, as grade EXERCISE --json wrote it; - for stdin.")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", default="-",
              help="Where to write; - for stdout, which is the default.")  # fmt: skip
@click.option("--list", "is_list", is_flag=True, help="Tell which formats there are.")
def command(format_name: str | None, source: str | None, output: str, is_list: bool) -> None:
    """Write a stored attempt for another program; nothing is graded again.

    Example: grade export junit --from attempt.json -o junit.xml
    """
    with screen.ending():
        text = _listed() if is_list else _exported(format_name, source)
        if is_list or output == "-":
            # The same bytes whatever letters the terminal knows.
            click.echo(text.encode(), nl=False)
        else:
            screen.write(Path(output), text)


def _listed() -> str:
    """List the formats, with the files that they go to."""
    width = max(map(len, FORMATS))
    lines = [
        line
        for form in FORMATS.values()
        for line in layout.labelled(
            f"{form.name:{width}}  ",
            form.summary + (f" ({form.file})" if form.file else ""),
            screen.width(),
        )
    ]
    return "".join(f"{line}\n" for line in lines)


def _exported(format_name: str | None, source: str | None) -> str:
    if format_name is None:
        raise errors.CourseError(f"name a format: {', '.join(FORMATS)}")
    if format_name not in FORMATS:
        near = difflib.get_close_matches(format_name, FORMATS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(FORMATS)}"
        raise errors.CourseError(f'there is no format "{format_name}"; {hint}')
    if source is None:
        raise errors.CourseError(
            "say which attempt with --from ATTEMPT.json; "
            "grade EXERCISE --json ATTEMPT.json writes one"
        )
    return FORMATS[format_name].export(_read(source), os.environ)


def _read(source: str) -> Attempt:
    """Read an attempt from a file, or from standard input.

    Raises:
        CourseError: there is none; the sentence begins with the file's name.
    """
    name = "standard input" if source == "-" else source
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return attempt_report.from_json(data.decode())
    except OSError as error:
        raise errors.CourseError(
            f"{name} cannot be read: {error.strerror}; check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise errors.CourseError(
            f"{name}: not an attempt: it is no text in UTF-8; "
            "name a file that grade EXERCISE --json wrote"
        ) from error
    except errors.CourseError as error:
        raise errors.CourseError(f"{name}: {error}") from error
