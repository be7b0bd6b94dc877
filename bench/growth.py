"""Whether ten thousand submissions are graded as fast as a hundred, and in the same memory.

    python bench/growth.py [100 1000 10000] [--workers 2] [--attacks 1]

Needs the grader with its gradebook: pip install 'pytorch-grader[teach]'; and Linux with walls. For
each number a class is made up, the same every time: references, stubs, variants and mistakes of the
five exercises in turn, and of every hundred submissions ATTACKS from the project's list of attacks,
for an exercise of their own. `grade batch` grades it into a fresh gradebook.

A line is printed for each tenth of the class: results a minute, the memory of all processes (PSS),
the size of the gradebook. A batch takes one exercise after another, and exercises differ, so what
grows is looked for within each: its last quarter beside its first, in rate and in memory. Attacks
are left out of that: each takes its limits. Control-C ends it; what was measured is printed.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import answers
from batches import Batch, Result, batch
from paired import COURSE

from grader import attack, course
from grader.arena import CORPUS

ATTACKED = "exercise-06"
FROM, LIMIT_S = 10_000, 360  # of so many on, the time that so many may take
FLAT = 0.1  # share by which the last quarter may differ from the first
EACH_S = 1.0  # between two looks at the memory
_ENTRY = f"""
  - id: {ATTACKED}
    title: Five functions
    files: [exercise.py]
    points: 11
    limits: {{time: 1 s, wall: 3 s, load: 1 s, memory: 512 MiB, output: 64 KiB, open files: 64}}
"""


@dataclass(frozen=True)
class Look:
    """How much there was at a moment: memory of the processes, gradebook on the disk, in MiB."""

    at_s: float
    pss_mib: float
    book_mib: float


def a_course(place: Path) -> Path:
    """Copy the course, and add the one that is attacked as its sixth exercise."""
    attacked = CORPUS / "course"
    for tree in ("exercises", "solutions", "tests"):
        for folder in (COURSE / tree).glob("exercise-*"):
            shutil.copytree(folder, place / tree / folder.name)
        shutil.copytree(attacked / tree / "exercise-01", place / tree / ATTACKED)
    text = (COURSE / "gradebook.yml").read_text()
    (place / "gradebook.yml").write_text(text.rstrip("\n") + "\n" + _ENTRY)
    return place


def a_class(root: Path, count: int, attacks: int) -> list[answers.Answer]:
    """Make up a class, the attacks spread over it; the same for the same numbers."""
    hostile = round(count * attacks / 100)
    texts = [case.text(os.getpid(), root) for case in attack.read_cases()]
    # Spread over the whole list, which is sorted by kind.
    chosen = [texts[n * len(texts) // max(hostile, 1) % len(texts)] for n in range(hostile)]
    usual = answers.mixed(course.load(COURSE), count - hostile)
    bad = [answers.Answer(ATTACKED, {"exercise.py": text}, "attack") for text in chosen]
    return usual + bad


class Seen:
    """What was seen of a batch, as far as it came."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.looks: list[Look] = []
        self.is_stopped = False

    def watch(self, running: Batch, book: Path) -> None:
        """Take in the results as they come, and look at memory and disk all along."""
        is_over = threading.Event()
        watcher = threading.Thread(target=self._look, args=(running, book, is_over))
        watcher.start()
        try:
            for result in running.results():
                self.results.append(result)
                if sys.stderr.isatty():
                    sys.stderr.write(f"\r{len(self.results)} ")
        except KeyboardInterrupt:
            self.is_stopped = True
        finally:
            is_over.set()
            watcher.join()

    def _look(self, running: Batch, book: Path, is_over: threading.Event) -> None:
        while not is_over.wait(EACH_S):
            size = sum(file.stat().st_size for file in book.parent.glob(f"{book.name}*"))
            self.looks.append(Look(time.perf_counter(), running.pss_mib(), size / (1 << 20)))


def tenths(seen: Seen, started: float, count: int) -> None:
    """Print a line for each tenth."""
    print(f"{'graded':>8}{'seconds':>9}{'a minute':>10}{'PSS':>10}{'gradebook':>12}")
    step, before = max(count // 10, 1), started
    for end in range(step, len(seen.results) + 1, step):
        at = seen.results[end - 1].at_s
        looks = [look for look in seen.looks if before < look.at_s <= at]
        pss = f"{max(look.pss_mib for look in looks):.0f} MiB" if looks else ""
        size = f"{looks[-1].book_mib:.1f} MiB" if looks else ""
        print(f"{end:>8}{at - started:>9.1f}{60 * step / (at - before):>10.0f}{pss:>10}{size:>12}")
        before = at


def flatness(seen: Seen) -> list[tuple[float, float]]:
    """Compare the last quarter of each exercise with its first: (rate, memory), 1 where flat."""
    found = []
    for exercise in sorted({result.exercise for result in seen.results} - {ATTACKED}):
        times = [result.at_s for result in seen.results if result.exercise == exercise]
        quarter = len(times) // 4
        # Below that a quarter does not hold each kind of answer.
        if quarter < 25:
            continue
        first, last = (times[0], times[quarter]), (times[-1 - quarter], times[-1])
        memory = [[k.pss_mib for k in seen.looks if a <= k.at_s <= b] for a, b in (first, last)]
        if all(memory):
            rate = (first[1] - first[0]) / (last[1] - last[0])
            found.append((rate, statistics.median(memory[1]) / statistics.median(memory[0])))
            print(f"{exercise}: last quarter beside its first: rate {found[-1][0]:.2f} ×, "
                  f"memory {found[-1][1]:.2f} ×")  # fmt: skip
    return found


def one(count: int, workers: int, attacks: int) -> bool:
    """Make up a class, grade it, print what was seen; whether it was flat and fast enough."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as name:
        root, folder = a_course(Path(name) / "course"), Path(name) / "handed-in"
        answers.hand_in(folder, a_class(root, count, attacks))
        book, started = Path(name) / "bench.db", time.perf_counter()
        with batch(folder, workers, book, root) as running:
            seen.watch(running, book)
        seconds = time.perf_counter() - started
    graded = len(seen.results)
    print(f"\n{count} submissions, {workers} workers: {graded} graded in {seconds:.0f} s, "
          f"{running.ungraded} ungraded")  # fmt: skip
    tenths(seen, started, count)
    found = flatness(seen)
    if seen.is_stopped:
        sys.exit(130)
    if graded < count:
        print(*running.said, sep="\n")
        return False
    is_flat = all(abs(rate - 1) <= FLAT and memory <= 1 + FLAT for rate, memory in found)
    if found:
        print(f"flat within {FLAT:.0%}: {'yes' if is_flat else 'NO'}")
    if count < FROM:
        return is_flat
    bar_s = LIMIT_S * count / FROM
    print(f"in {bar_s:.0f} s: {'yes' if seconds <= bar_s else 'NO'}")
    return is_flat and seconds <= bar_s


def main() -> None:
    """Grade one class after another."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("counts", type=int, nargs="*", default=[100, 1000, FROM])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--attacks", type=int, default=1, help="of every hundred; 0 for none")
    wish = parser.parse_args()
    met = [one(count, wish.workers, wish.attacks) for count in wish.counts]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
