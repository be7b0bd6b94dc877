"""What a second worker brings, and what memory workers take.

    python bench/scaling.py [--count 300] [--runs 3] [--workers 1 2]

Needs the grader with its gradebook: pip install 'pytorch-grader[teach]'; and Linux. A class of the
course's references, stubs, variants and mistakes is graded by `grade batch` with so many workers
each, in turn. The rate is that of the results after the first tenth, so that starts and references
are left out; its ratio is to that of the first number of workers in the same turn. Memory is read
in runs of their own, because reading it takes time: the highest sum, over all processes, of
proportional set sizes (PSS), in which shared pages count once.
"""

import argparse
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import answers
from batches import Batch, batch
from paired import COURSE

from grader import course

BAR = 1.7  # times one worker, with two
BAR_MIB = 450  # with two
EACH_S = 0.2  # between two looks at the memory


@contextmanager
def a_batch(folder: Path, workers: int) -> Iterator[Batch]:
    """Grade the class into a new gradebook."""
    with (
        tempfile.TemporaryDirectory() as name,
        batch(folder, workers, Path(name) / "bench.db") as running,
    ):
        yield running


def rate(folder: Path, workers: int) -> float:
    """Grade the class; results a minute."""
    with a_batch(folder, workers) as running:
        times = [result.at_s for result in running.results()]
    if len(times) < 20:
        sys.exit(f"only {len(times)} were graded: {' '.join(running.said)}")
    first = len(times) // 10
    return 60 * (len(times) - 1 - first) / (times[-1] - times[first])


def peak_mib(folder: Path, workers: int) -> float:
    """Grade the class; the most memory that its processes held, in MiB."""
    with a_batch(folder, workers) as running:
        found: list[float] = []
        is_over = threading.Event()
        watcher = threading.Thread(target=_watch, args=(running, found, is_over))
        watcher.start()
        for _ in running.results():
            pass
        is_over.set()
        watcher.join()
    return max(found)


def _watch(running: Batch, found: list[float], is_over: threading.Event) -> None:
    while not is_over.wait(EACH_S):
        found.append(running.pss_mib())


def main() -> None:
    """Measure in turns, and print a line for each number of workers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300, help="submissions, 20 or more")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "handed-in"
        answers.hand_in(folder, answers.mixed(course.load(COURSE), wish.count))
        runs = [{n: rate(folder, n) for n in wish.workers} for _ in range(wish.runs)]
        peaks = {n: peak_mib(folder, n) for n in wish.workers}
    print(f"{wish.count} submissions, medians of {wish.runs}")
    print(f"{'workers':8}{'a minute':>10}{'times':>9}{'PSS':>10}{'each more':>12}")
    first, is_met = wish.workers[0], True
    for n in wish.workers:
        times = statistics.median(run[n] / run[first] for run in runs)
        each = (peaks[n] - peaks[first]) / (n - first) if n != first else 0
        is_good = n != 2 or (peaks[n] <= BAR_MIB and (first != 1 or times >= BAR))
        is_met = is_met and is_good
        bar = f"  bars {BAR:g} × and {BAR_MIB} MiB: {'yes' if is_good else 'NO'}" if n == 2 else ""
        print(f"{n:<8}{statistics.median(run[n] for run in runs):>10.0f}{times:>7.2f} ×"
              f"{peaks[n]:>6.0f} MiB{each:>8.0f} MiB{bar}")  # fmt: skip
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
