"""`grade doctor`: what this machine can confine, what is missing, and whether the walls hold."""

import sys
import time

import click

from grader.verbs import screen

OURS = 3


@click.command(name="doctor")
@click.option("--attack", "is_attacked", is_flag=True, help="Then grade the list of attacks that "
              "comes with the grader, and tell what did not hold; takes minutes.")  # fmt: skip
@click.argument("words", metavar="[ATTACK]...", nargs=-1)
def command(is_attacked: bool, words: tuple[str, ...]) -> None:
    """Tell what this machine can confine, and what is missing.

    With --attack, ATTACK is the name of one attack or the first word of several, such as escape;
    without any, the whole list is graded.

    Example: grade doctor --attack
    """
    screen.demand_processes()
    from grader import doctor  # noqa: PLC0415  The walls' tables are no business of other verbs.

    if words and not is_attacked:
        raise click.UsageError(f"{words[0]!r} stands alone; write grade doctor --attack {words[0]}")
    findings = doctor.examine()
    is_ascii = not screen.can_encode("✓–")
    click.echo(doctor.render(findings, width=screen.width(), is_ascii=is_ascii), nl=False)
    if not doctor.can_confine(findings):
        if is_attacked:
            click.echo("grade: the attacks mean harm, and were not run without walls", err=True)
        sys.exit(OURS)
    sys.exit(_attack(words) if is_attacked else 0)


def _attack(words: tuple[str, ...]) -> int:
    """Grade attacks and report them; returns the exit code."""
    from grader import attack  # noqa: PLC0415  It brings the course, the reports and YAML.

    started = time.monotonic()
    with screen.ending("stopped; not every attack was graded"):
        trials = attack.run(attack.choose(attack.read_cases(), words), _show_progress)
    page = attack.render(trials, time.monotonic() - started, is_ascii=not screen.can_encode("✓✗"))
    click.echo(f"\n{page}", nl=False)
    return OURS if any(trial.faults for trial in trials) else 0


def _show_progress(done: int, of: int, name: str) -> None:
    """Count the attacks on a terminal, on a line that the report then takes over."""
    screen.count(f"{done} of {of} attacks: {name}" if done < of else "")
