"""`grade calibrate`: many runs of the convergence checks, kept beside them."""

import sys
from typing import TYPE_CHECKING

import click

from grader import errors
from grader.verbs import complete, screen

if TYPE_CHECKING:
    from grader.distribution import Calibration
    from grader.records import Exercise


@click.command(name="calibrate")
@click.argument("exercise", shell_complete=complete.exercises)
@click.option("--runs", type=click.IntRange(2, 100_000), default=500, show_default=True,
              help="Runs of each answer; a rehearsal wants 500 at least.")  # fmt: skip
def command(exercise: str, runs: int) -> None:
    """Run convergence checks with reference and mistakes; keep what they measure.

    Example: grade calibrate exercise-04
    """
    screen.demand_processes()
    from grader import distribution  # noqa: PLC0415  Help answers without statistics.

    with screen.ending("stopped; nothing was written"):
        chosen, found = _run(exercise, runs)
        if found.checks:
            _keep(chosen, found)
    faults = distribution.faults(found)
    for line in _told(chosen, found, faults):
        click.echo(line)
    sys.exit(errors.CourseError.exit_code if faults else 0)


def _run(exercise: str, runs: int) -> "tuple[Exercise, Calibration]":
    from pathlib import Path  # noqa: PLC0415  Help answers without it.

    from grader import calibration, course  # noqa: PLC0415  Help answers without YAML and hashes.
    from grader.trusted import Judge  # noqa: PLC0415  Help starts no process.

    here = Path.cwd()
    root = course.find_root(here)
    chosen = course.find_exercise(course.load(root), exercise, here)
    with Judge() as judge:
        return chosen, calibration.run(judge, root, chosen, runs, _show_progress)


def _keep(exercise: "Exercise", found: "Calibration") -> None:
    from grader import calibration, distribution  # noqa: PLC0415  As above.

    screen.write(exercise.hidden_dir / distribution.FILE, distribution.to_json(found))
    screen.write(exercise.hidden_dir / calibration.PICTURE, calibration.picture(found))


def _told(exercise: "Exercise", found: "Calibration", faults: list[str]) -> list[str]:
    if not found.checks:
        return [f"{exercise.id} has no check that measures what training has achieved"]
    lines = []
    for name, check in found.checks.items():
        reference = check.reference
        lines.append(f"{name}: {check.expectation}, {check.direction} {check.threshold:g}")
        lines.append(f"  the reference fails with chance {_chance(reference.failing)}, "
                     f"by {reference.number} runs")  # fmt: skip
        for mistake, runs in check.mistakes.items():
            chance = "is refused before" if not runs.ratios else (
                f"passes with chance {_chance(runs.passing)}")  # fmt: skip
            lines.append(f"  {mistake} {chance}")
    lines += [f"  not enough: {fault}" for fault in faults]
    return [*lines, f"kept in tests/{exercise.id}/convergence.json and convergence.svg"]


def _chance(chance: float) -> str:
    return "0" if chance == 0 else f"{chance:.1g}" if chance > 1e-12 else "below 1e-12"


def _show_progress(done: int, of: int) -> None:
    screen.count(f"{done} of {of} runs" if done < of else "")
