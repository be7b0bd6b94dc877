"""`grade doctor`: what this machine can confine, and what is missing."""

import sys

import click

from grader.verbs import screen

OURS = 3


@click.command(name="doctor")
def command() -> None:
    """Tell what this machine can confine, and what is missing.

    Example: grade doctor
    """
    from grader import doctor  # noqa: PLC0415  The walls' tables are no business of other verbs.

    findings = doctor.examine()
    click.echo(doctor.render(findings, is_ascii=not screen.can_encode("✓–")), nl=False)
    sys.exit(0 if doctor.can_confine(findings) else OURS)
