"""`grade batch` beside what else grades Python: the same exercise, the same class, in turn.

    python bench/peers.py --venv PEERS [--count 24] [--runs 2] [--more 300] [--only pytest otter]

Needs the grader with its gradebook: pip install 'pytorch-grader[teach]'; and Linux. PEERS is a
virtual environment with the others; if there is none, it is made there with pip, which takes its
usual settings: torch, pytest, gradescope-utils, otter-grader with ipykernel, nbgrader.

The exercise is `five/`: five functions, one of which trains for 200 steps, and twelve checks. Each
grader gets it in its own form, generated from these files (`forms.py`), and so runs the same
statements. Two thirds of the class are right, one third has one of eight mistakes. `right` counts
the submissions that lose just the checks which their mistake says it loses.

One worker, then two. The others keep nothing warm: with COUNT submissions or more they take as long
for each. nbgrader has no option for workers, so two are two courses side by side; otter runs
without its container. `grade batch` is shown twice: for the same COUNT, its start and the
reference included, and steady, for MORE submissions on top of those. Its walls are up, and each
result is on the disk. Rates and ratios are medians over runs that took turns; each peer has
OMP_NUM_THREADS=1, which is in its favour.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from forms import FIVE, Command, Form, Gradescope, Lost, Nbgrader, Otter, Ours, Pytest, environment
from paired import Cost, adopted_orphans, children

from grader import mistakes

PEERS: tuple[type[Form], ...] = (Pytest, Gradescope, Otter, Nbgrader)
BARS = {"pytest": 50, "otter": 100, "nbgrader": 75}  # times, two workers, steady
REQUIREMENTS = [
    "torch==2.13.0",
    "pytest==9.2.0",
    "gradescope-utils==0.5.0",
    "otter-grader==7.0.0",
    "ipykernel",
    "nbgrader==0.9.6",
]
STEADY = "steady"


def made(venv: Path) -> Path:
    """Make the environment of the others, if it is not there."""
    if not (venv / "bin/nbgrader").exists():
        print(f"making {venv}, once", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin/pip"), "install", "-q", *REQUIREMENTS], check=True)
    return venv


def a_class(count: int) -> tuple[dict[str, str], dict[str, Lost]]:
    """Make so many submissions, every third of them wrong; the checks that each has to lose."""
    right, wrong = (FIVE / "answer.py").read_text(), FIVE / "mistakes.py"
    source, known = wrong.read_text(), mistakes.load(wrong)
    texts: dict[str, str] = {}
    expected: dict[str, Lost] = {}
    for number in range(count):
        student, text = f"student-{number:05}", right
        loses: tuple[str, ...] = ()
        if number % 3 == 2:
            answer = known[number // 3 % len(known)]
            mark: mistakes.Mistake = answer.__mistake__  # type: ignore[attr-defined]
            text = mistakes.as_submission(right, source, answer.__name__, mark.of)
            loses = mark.loses
        # One line more for each student, so that no two hand in the same.
        texts[student], expected[student] = f"{text}\n# {number}\n", frozenset(loses)
    return texts, expected


def work(commands: list[Command], workers: int, venv: Path) -> Cost:
    """Run commands, so many at a time; every process that they start counts."""
    around = environment(venv)

    def one(command: Command) -> None:
        with open(command.out, "wb") as out:
            subprocess.run(
                command.words,
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=around,
                check=False,  # Some end with 1 where a submission is wrong.
            )

    before, started = _children_s(), time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, commands))
    wall_s = time.perf_counter() - started
    while left := children():
        os.waitpid(left.pop(), 0)
    return Cost(wall_s, _children_s() - before)


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@dataclass(frozen=True)
class Found:
    """What one submission took, and how many of how many were judged as expected."""

    each: Cost
    right: int
    of: int


def graded(form: Form, venv: Path, count: int, workers: int) -> Found:
    """Let a grader grade a class."""
    texts, expected = a_class(count)
    with tempfile.TemporaryDirectory() as name, adopted_orphans():
        form.write(venv, Path(name) / "place", texts, workers)
        cost = work(form.commands(), workers, venv)
        right = sum(_lost(form, student) == lost for student, lost in expected.items())
    return Found(Cost(cost.wall_s / count, cost.cpu_s / count), right, count)


def _lost(form: Form, student: str) -> Lost | None:
    """Read what a grader found; None where it has left nothing to read."""
    try:
        return form.lost(student)
    except (OSError, StopIteration):
        return None


def steady(few: Found, many: Found) -> Found:
    """Take a small class from a large one: what a submission costs when all is running."""
    more = many.of - few.of
    wall_s, cpu_s = (
        (getattr(many.each, what) * many.of - getattr(few.each, what) * few.of) / more
        for what in ("wall_s", "cpu_s")
    )
    return Found(Cost(wall_s, cpu_s), many.right - few.right, more)


def one_run(
    venv: Path, forms: list[type[Form]], count: int, more: int, workers: int
) -> dict[str, Found]:
    """Let everybody grade once."""
    few = graded(Ours(), venv, count, workers)
    found = {Ours.name: few, STEADY: steady(few, graded(Ours(), venv, count + more, workers))}
    for kind in forms:
        found[kind.name] = graded(kind(), venv, count, workers)
        seconds = found[kind.name].each.wall_s * count
        print(f"  {kind.name}, {workers} at a time: {seconds:.0f} s", file=sys.stderr, flush=True)
    return found


def show(runs: list[dict[str, Found]], workers: int) -> bool:
    """Print the table for one number of workers; whether every bar is met and all were right."""
    print(f"\n{workers} worker{'s' * (workers > 1)}, medians of {len(runs)}; × is what is saved by "
          "grade batch, in rate: with its start, and steady; in CPU: steady")  # fmt: skip
    print(f"{'':18}{'a minute':>10}{'CPU each':>11}{'right':>9}{'start':>10}{'steady':>9}"
          f"{'CPU':>8}  bar")  # fmt: skip
    is_met = True
    for name in runs[0]:
        rate = 60 / statistics.median(run[name].each.wall_s for run in runs)
        cpu_ms = 1000 * statistics.median(run[name].each.cpu_s for run in runs)
        right, of = min(run[name].right for run in runs), runs[0][name].of
        start, later = (_times(runs, name, us, "wall_s") for us in (Ours.name, STEADY))
        cpu, bar = _times(runs, name, STEADY, "cpu_s"), BARS.get(name) if workers == 2 else None
        is_good = bar is None or later >= bar
        is_met = is_met and is_good and right == of
        verdict = f"{bar:g} × {'yes' if is_good else 'NO'}" if bar else ""
        print(f"{name:18}{rate:>10.1f}{cpu_ms:>8.0f} ms{f'{right}/{of}':>9}"
              f"{start:>8.1f} ×{later:>7.1f} ×{cpu:>6.1f} ×  {verdict}", flush=True)  # fmt: skip
    return is_met


def _times(runs: list[dict[str, Found]], name: str, us: str, what: str) -> float:
    """Give the median over the runs of how many times ours somebody took."""
    return statistics.median(
        float(getattr(run[name].each, what) / getattr(run[us].each, what)) for run in runs
    )


def main() -> None:
    """Measure in turns, and print a table for one worker and one for two."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--venv", type=Path, required=True, help="the environment of the others")
    parser.add_argument("--count", type=int, default=24, help="submissions")
    parser.add_argument(
        "--more", type=int, default=300, help="submissions that show the steady rate"
    )
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--only", nargs="*", choices=[peer.name for peer in PEERS])
    wish = parser.parse_args()
    venv = made(wish.venv.absolute())
    forms = [peer for peer in PEERS if wish.only is None or peer.name in wish.only]
    met = []
    for workers in wish.workers:
        runs = [one_run(venv, forms, wish.count, wish.more, workers) for _ in range(wish.runs)]
        met.append(show(runs, workers))
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
