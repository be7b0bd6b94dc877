"""How fast a class is graded: submissions a minute and CPU time for each, beside pytest.

    python bench/batch.py [SUBMISSIONS] [RUNS]

Needs the grader with its gradebook: pip install 'pytorch-grader[teach]'. A made-up class hands in
the course's own references, stubs, variants and mistakes, mixed. `grade batch` grades it with one
judge and with two, walls up, each result on the disk. Beside it, in the same minutes, stands what
many courses do instead: pytest in a process for each submission, on the same checks, for a sample
of the same class. The wall time of `grade batch` holds its start, imports and references, so a
larger class shows a higher rate. Ratios are medians over runs that took turns.
"""

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import answers
from paired import COURSE, GRADE, Cost, adopted_orphans, run

from grader import course

SAMPLE = 10  # submissions that pytest grades in each run: it needs seconds for each


def batch(folder: Path, judges: int) -> Cost:
    """Grade the class into a new gradebook."""
    for path in folder.parent.glob("bench.db*"):
        path.unlink()
    where = str(folder.parent / "bench.db")
    return run([GRADE, "batch", str(folder), "-j", str(judges), "--gradebook", where])


def with_pytest(place: Path, sample: list[answers.Answer]) -> Cost:
    """Run pytest for each of a sample, the answer in the stub's place."""
    costs = []
    for answer in sample:
        for name, text in answer.files.items():
            (place / "exercises" / answer.exercise / name).write_text(text)
        tests = [f"exercises/{answer.exercise}", f"tests/{answer.exercise}"]
        costs.append(tolerant([sys.executable, "-m", "pytest", "-q", *tests], place))
    wall_s = sum(cost.wall_s for cost in costs) / len(costs)
    return Cost(wall_s, sum(cost.cpu_s for cost in costs) / len(costs))


def tolerant(command: list[str], folder: Path) -> Cost:
    """Run a command that may end with 1: some checks fail."""
    return run(["sh", "-c", '"$@"; [ $? -le 1 ]', "sh", *command], folder)


def copy_of_course(place: Path) -> None:
    """Copy what pytest needs of the course."""
    place.mkdir()
    for name in ("pyproject.toml", "gradebook.yml"):
        shutil.copy(COURSE / name, place)
    for tree in ("exercises", "solutions"):
        shutil.copytree(COURSE / tree, place / tree)
    for tree in (COURSE / "tests").glob("exercise-*"):
        shutil.copytree(tree, place / "tests" / tree.name)


def main() -> None:
    """Measure in turns, and print medians."""
    count = int(sys.argv[1]) if sys.argv[1:] else 200
    runs = int(sys.argv[2]) if sys.argv[2:] else 3
    with tempfile.TemporaryDirectory() as name, adopted_orphans():
        folder = Path(name)
        handed = answers.mixed(course.load(COURSE), count)
        answers.hand_in(folder / "handed-in", handed)
        copy_of_course(folder / "copy")
        sample = handed[:: max(len(handed) // SAMPLE, 1)][:SAMPLE]
        found: dict[str, list[Cost]] = {"-j1": [], "-j2": [], "pytest": []}
        for _ in range(runs):
            for judges in (1, 2):
                cost = batch(folder / "handed-in", judges)
                found[f"-j{judges}"].append(Cost(cost.wall_s / count, cost.cpu_s / count))
            found["pytest"].append(with_pytest(folder / "copy", sample))
    processors = os.cpu_count()
    print(f"{count} submissions, {len(sample)} for pytest; medians of {runs}; {processors} CPUs")
    print(f"{'':8}{'a minute':>10}{'CPU each':>11}{'times pytest':>14}")
    for way, costs in found.items():
        ratio = statistics.median(
            theirs.wall_s / ours.wall_s for ours, theirs in zip(costs, found["pytest"], strict=True)
        )
        rate = statistics.median(60 / cost.wall_s for cost in costs)
        cpu_ms = 1000 * statistics.median(cost.cpu_s for cost in costs)
        print(f"{way:8}{rate:>10.0f}{cpu_ms:>8.0f} ms{ratio:>14.1f}")


if __name__ == "__main__":
    main()
