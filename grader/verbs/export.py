"""`grade export`: what is stored, in the form that another program reads; nothing is run.

Most forms are made of an attempt. Those of `packed` are made of an exercise of the course, those of
`classes` of the gradebook; neither is loaded for an attempt.
"""

import difflib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import click

from grader import errors
from grader.records import Attempt
from grader.reports import attempt as attempt_report
from grader.reports import layout
from grader.reports.exports.registry import FORMATS, Format
from grader.verbs import book, classes, packed, screen
from grader.verbs.classes import CLASSES, Asked, ClassFormat
from grader.verbs.packed import PACKED, Packed

_NAMES = (*FORMATS, *PACKED, *CLASSES)


@click.command(name="export")
@click.argument("format_name", metavar="FORMAT", required=False)
@click.argument("word", metavar="[EXERCISE|FILE]", required=False)
@click.option("--from", "source", metavar="ATTEMPT.json",
              help="The attempt, as grade EXERCISE --json wrote it; - for stdin.")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", default="-",
              help="Where to write; - for stdout, which is the default.")  # fmt: skip
@click.option("--list", "is_list", is_flag=True, help="Tell which formats there are.")
@click.option("--exercise", metavar="EXERCISE", help="Of a class: this exercise alone.")
@click.option("--roster", metavar="CSV", type=click.Path(path_type=Path),
              help="Of a class: who is in it, and what else they are called.")  # fmt: skip
@click.option("--column", metavar="EXERCISE=HEADER", multiple=True,
              help="Of a class: which column of FILE an exercise has.")  # fmt: skip
@click.option("--scale", is_flag=True,
              help="Of a class: scale to the points that FILE says are possible.")  # fmt: skip
@click.option("--checks", is_flag=True, help="Of a class: a column for each check as well.")
@book.option
def command(
    *,
    format_name: str | None,
    word: str | None,
    source: str | None,
    output: str,
    is_list: bool,
    where: str | None,
    **options: Unpack["_Options"],
) -> None:
    """Write what is stored for another program; nothing is graded again.

    One attempt, which --from names; or with FILE, which was downloaded there, or EXERCISE, what a
    class has in the gradebook; or the autograder of EXERCISE.

    Example: grade export junit --from attempt.json -o junit.xml
    """
    asked = Asked(gradebook=where, **options)
    with screen.ending():
        if is_list:
            data = _listed().encode()
        elif format_name in CLASSES:
            _refuse(format_name, "the gradebook", ("--from",) if source else ())
            data = classes.written(format_name, word, asked)
        elif format_name in PACKED:
            given = ("--from",) if source else ()
            _refuse(format_name, "an exercise", (*given, *asked.named()))
            data = packed.zipped(format_name, word, output)
        else:
            data = _exported(format_name, word, source, asked).encode()
        if is_list or output == "-":
            # The same bytes whatever letters the terminal knows.
            click.echo(data, nl=False)
        else:
            screen.write(Path(output), data)


class _Options(TypedDict):
    """The options of formats of a class, as the command line gives them."""

    exercise: str | None
    roster: Path | None
    column: tuple[str, ...]
    scale: bool
    checks: bool


def _refuse(format_name: str, origin: str, options: Sequence[str]) -> None:
    """Refuse options that are for formats of another kind."""
    if options:
        raise errors.CourseError(
            f"{format_name} is made of {origin}, so {options[0]} says nothing; leave it out"
        )


def _listed() -> str:
    """List the formats by what they are made of, with the files that they go to."""
    kinds: dict[str, Mapping[str, Format | Packed | ClassFormat]] = {
        "of an attempt, with --from ATTEMPT.json": FORMATS,
        "of EXERCISE": PACKED,
        "of a class, from the gradebook": CLASSES,
    }
    width = max(map(len, _NAMES))
    lines = []
    for made_of, forms in kinds.items():
        lines.append(f"{made_of}:")
        for form in forms.values():
            said = form.summary + (f" ({form.file})" if form.file else "")
            lines += layout.labelled(f"  {form.name:{width}}  ", said, screen.width())
    return "".join(f"{line}\n" for line in lines)


def _exported(
    format_name: str | None, exercise: str | None, source: str | None, asked: Asked
) -> str:
    if format_name is None:
        raise errors.CourseError(f"name a format: {', '.join(_NAMES)}")
    if format_name not in FORMATS:
        near = difflib.get_close_matches(format_name, _NAMES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(_NAMES)}"
        raise errors.CourseError(f'there is no format "{format_name}"; {hint}')
    if exercise is not None:
        raise errors.CourseError(
            f"{format_name} is made of an attempt, which says whose exercise it is; leave "
            f'"{exercise}" out'
        )
    _refuse(format_name, "an attempt", asked.named())
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
