"""Setting the thresholds of convergence checks on what many runs of them have shown.

The runs happen in the trusted process (`grader.convergence`); here they are ordered, kept beside
the checks with their picture, and held to what they have to show. A calibration belongs to the
files that it was run from: when one of them changes, it is stale.
"""

from dataclasses import dataclass
from pathlib import Path

from grader import distribution, submissions
from grader.distribution import FILE, Calibration
from grader.errors import CourseError
from grader.records import Exercise
from grader.reports import spread
from grader.trusted import Judge, Progress, order

PICTURE = "convergence.svg"


@dataclass(frozen=True)
class Finding:
    """What is to be said of an exercise's convergence checks; `faults` is empty where all holds."""

    checks: int
    faults: tuple[str, ...]


def run(judge: Judge, root: Path, exercise: Exercise, runs: int, tell: Progress) -> Calibration:
    """Run every convergence check with the reference and with each mistake.

    Raises:
        CourseError: there is no reference, or a file of the course does not run.
        SandboxError: the trusted process ended.
    """
    if not exercise.reference_dir.is_dir():
        raise CourseError(
            f"{exercise.id} has no reference in {exercise.reference_dir}; thresholds are set from "
            "its runs, so this works in the teacher's copy of the course."
        )
    reference = submissions.read(exercise.reference_dir, exercise)
    wish = order(root, exercise, reference, do="measure", runs=runs)
    found = judge.measure(wish, tell)
    return Calibration(distribution.digest_of(exercise), distribution.from_plain(found))


def picture(calibration: Calibration) -> str:
    """Draw a calibration as SVG."""
    return spread.draw({
        f"{name}: {check.expectation}, {check.direction} {check.threshold:g}": {
            "reference": check.reference.ratios,
            **{mistake: runs.ratios for mistake, runs in check.mistakes.items()},
        }
        for name, check in calibration.checks.items()
    })  # fmt: skip


def examine(exercise: Exercise, measuring: tuple[str, ...]) -> Finding:
    """Hold the stored calibration to the checks that measure something.

    Args:
        exercise: whose folder holds it.
        measuring: the ids of the checks that measure what training has achieved.
    """
    path = exercise.hidden_dir / FILE
    if not measuring:
        stray = (f"{FILE} is there, and no check measures convergence; remove it",)
        return Finding(0, stray if path.is_file() else ())
    anew = f"run `grade calibrate {exercise.id}`"
    if not path.is_file():
        return Finding(len(measuring), (f"{FILE} is missing: {anew}",))
    try:
        calibration = distribution.read(path)
    except CourseError as error:
        return Finding(len(measuring), (str(error),))
    if calibration.digest != distribution.digest_of(exercise):
        return Finding(len(measuring), (f"{FILE} is older than the files it was run from: {anew}",))
    lacking = [name for name in measuring if name not in calibration.checks]
    faults = [f"{FILE} has nothing on {name}: {anew}" for name in lacking]
    return Finding(len(measuring), (*faults, *distribution.faults(calibration)))
