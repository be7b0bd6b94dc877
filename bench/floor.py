"""What grading costs over the floor: CPU time of `grade batch` beside that of the bare work.

    python bench/floor.py [--exercise exercise-03] [--answers mixed] [--count 60] [--runs 5]

Needs the grader with its gradebook: pip install 'pytorch-grader[teach]'; and Linux. The floor of
an exercise is what nobody can do without who keeps submissions apart: a fork for each, in a process
that has torch, frozen and with one thread, and the student's code: the files executed once, then
the calls that the checks make, with the same arguments and gradients (see `forks.py`). No walls,
nothing sent, nothing compared, nothing kept. How much of the rest is the walls' is told as well:
`walled` is the same work by children that have built and proven them.

Beside it, in turn, `grade batch -j 1` grades the same answers: once a few of them and once more by
COUNT. The difference is what one submission costs, starts and references left out. Every process
counts on both sides. Ratios are medians over runs that took turns.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import answers
from paired import COURSE, GRADE, adopted_orphans, run

from grader import course
from grader.records import Exercise
from grader.sandbox import environment

BAR = 1.5  # times the floor
BAR_MS = 15  # where nothing trains
TRAINING = frozenset({"exercise-04"})
FEW = 2


@dataclass(frozen=True)
class Floor:
    """The process that forks."""

    process: subprocess.Popen[str]

    def cpu_ms(self, rounds: int, how: str = "") -> float:
        """Fork for every answer so many times, perhaps "walled"; CPU milliseconds of one."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{rounds} {how}\n".replace(" \n", "\n"))
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return float(line) if line else sys.exit("the floor's process has ended; see above.")


@contextmanager
def floor_of(exercise: Exercise, kinds: list[answers.Answer]) -> Iterator[Floor]:
    """Record what the checks ask of these answers, and be ready to fork for them."""
    process = subprocess.Popen(
        [sys.executable, "-s", str(Path(__file__).with_name("forks.py")), exercise.id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment.clean(),
    )
    assert process.stdin is not None
    with process:
        process.stdin.write(json.dumps([kind.files for kind in kinds]) + "\n")
        found = Floor(process)
        found.cpu_ms(1)
        yield found
        process.stdin.close()


def batch_ms(folder: Path) -> float:
    """Grade what lies in a folder into a new gradebook; CPU milliseconds of all its processes."""
    with tempfile.TemporaryDirectory() as name, adopted_orphans():
        where = str(Path(name) / "bench.db")
        command = [GRADE, "batch", str(folder), "-j", "1", "--gradebook", where]
        return 1000 * run(command).cpu_s


def measured(
    exercise: Exercise, kind: str, count: int, runs: int
) -> list[tuple[float, float, float]]:
    """Measure floor, the same with walls, and batch in turn; CPU milliseconds of a submission."""
    right = answers.reference(exercise)
    kinds = [right] if kind == "reference" else list(answers.of(exercise))
    count = -(-count // len(kinds)) * len(kinds)
    with tempfile.TemporaryDirectory() as name, floor_of(exercise, kinds) as floor:
        folder = Path(name)
        answers.hand_in(folder / "few", [right] * FEW)
        handed = [right] * FEW + list(islice(cycle(kinds), count))
        answers.hand_in(folder / "many", handed)
        rounds, rows = count // len(kinds), []
        for _ in range(runs):
            bare, walled = floor.cpu_ms(rounds), floor.cpu_ms(rounds, "walled")
            few = batch_ms(folder / "few")
            rows.append((bare, walled, (batch_ms(folder / "many") - few) / count))
    return rows


def main() -> None:
    """Measure each exercise, and print one line for it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--exercise", help="one of them; by default, all")
    parser.add_argument("--answers", choices=["reference", "mixed"], default="reference",
                        help="what is handed in: the reference alone, or also stub, variants and "
                        "mistakes")  # fmt: skip
    parser.add_argument("--count", type=int, default=60, help="submissions of an exercise")
    parser.add_argument("--runs", type=int, default=5)
    wishes = parser.parse_args()
    print(f"{wishes.answers}, at least {wishes.count} submissions, medians of {wishes.runs}; "
          "CPU of a submission")  # fmt: skip
    print(f"{'':12}{'floor':>10}{'walled':>18}{'batch':>18}  (bar {BAR:g}, and {BAR_MS} ms)")
    is_met = True
    for exercise in course.load(COURSE).exercises:
        if wishes.exercise in (None, exercise.id):
            rows = measured(exercise, wishes.answers, wishes.count, wishes.runs)
            floor, walled, ours = map(statistics.median, zip(*rows, strict=True))
            least = statistics.median(row[1] / row[0] for row in rows)
            ratio = statistics.median(row[2] / row[0] for row in rows)
            is_good = ratio <= BAR and (exercise.id in TRAINING or ours <= BAR_MS)
            is_met = is_met and is_good
            print(f"{exercise.id:12}{floor:>7.1f} ms{walled:>7.1f} ms{least:>6.2f} ×"
                  f"{ours:>7.1f} ms{ratio:>6.2f} ×  {'yes' if is_good else 'NO'}",
                  flush=True)  # fmt: skip
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
