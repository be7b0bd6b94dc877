"""`grade rehearse`: the proof that an exercise is fair, before students see it."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from grader.verbs import choice, complete, screen

TEACHERS = 2
MOST_JUDGES = 4  # each holds torch, a third of a gigabyte


@click.command(name="rehearse")
@click.argument("exercise", required=False, shell_complete=complete.exercises)
@click.option("--seeds", type=click.IntRange(1, 1000), default=20, show_default=True,
              help="How many other seeds to try.")  # fmt: skip
@click.option("--quick", is_flag=True, help="Two seeds and no mutants.")
@click.option("-j", "judges", metavar="N", type=click.IntRange(1, 64),
              help="How many to grade side by side; by default one a core, at most 4.")  # fmt: skip
@click.option("--json", "json_path", metavar="FILE", help="Write the proof as JSON; - for stdout.")
def command(
    exercise: str | None, seeds: int, quick: bool, judges: int | None, json_path: str | None
) -> None:
    """Prove that exercises are fair: EXERCISE, or all of the course.

    The stub earns nothing, the reference and every variant everything, each mistake loses what it
    names and is told, small changes of the reference lose points, and nothing depends on luck.

    Example: grade rehearse exercise-03
    """
    screen.demand_processes()
    from grader import rehearsal  # noqa: PLC0415  Help answers without YAML and threads.
    from grader.rehearsal import bench, proof  # noqa: PLC0415

    started = time.monotonic()
    wishes = rehearsal.Wishes(rehearsal.QUICK_SEEDS if quick else seeds, has_mutants=not quick)
    is_shown = json_path != "-"
    proofs = []
    with screen.ending("stopped; nothing is proved"):
        known, chosen = choice.exercises(exercise)
        with bench.Bench(judges or min(os.cpu_count() or 1, MOST_JUDGES)) as judging:
            for each in chosen:
                proofs.append(rehearsal.rehearse(known, each, judging, wishes, _progress(each.id)))
                if is_shown:
                    ascii_only = not screen.can_encode("✓✗–")
                    text = proof.render(proofs[-1], width=screen.width(), is_ascii=ascii_only)
                    click.echo(text, nl=len(chosen) > 1)
        seconds = time.monotonic() - started
        if is_shown and len(chosen) > 1:
            click.echo(proof.render_all(proofs, seconds), nl=False)
        if json_path is not None:
            _write(json_path, proof.as_plain(proofs, seconds))
    sys.exit(0 if all(each.is_released for each in proofs) else TEACHERS)


def _progress(name: str) -> Callable[[str, int, int], None]:
    """Say on a terminal what is being tried, on a line that the proof then takes over."""

    def tell(what: str, done: int, of: int) -> None:
        screen.count(f"{name}: {what}, {done} of {of}" if done < of else "")

    return tell


def _write(path: str, plain: dict[str, object]) -> None:
    text = json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
    if path == "-":
        click.echo(text, nl=False)
    else:
        screen.write(Path(path), text)
