"""How long after a save the report stands there, and what a warm server makes of `grade`.

    python bench/watch.py [RUNS]

Needs the grader installed, as the README says. In a real terminal of our own, `grade watch` looks
at a copy of the course; a file is saved, and the clock runs until the last line of the new report
has been written. Each is also told in CPU time of all processes, which a busy machine does not
stretch. Three measurements:

    save      exercise 03 (nine checks, with gradients across the wall), and an exercise of ten
              light checks; beside it what the verdicts alone took, as the report says
    idle      what `grade watch` costs while nothing is saved
    warm      `grade exercise-03` through a warm server against a cold one, in turn
"""

import os
import pty
import re
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interactive import _ANSWER, _CHECK, _CHECKS, _GRADEBOOK
from paired import COURSE, GRADE, Cost, Row, children, pairs, ratio_rows, run, show

SAVE_BAR_MS = 300
SAVE_CPU_BAR_MS = 200  # the rest of the bar is for noticing the save
IDLE_BAR = 2.0  # per cent of a core
WARM_BAR_MS = 150
WARM_CPU_BAR_MS = 130
WARM_BAR = 0.3  # times a cold one
TEN = 10  # light checks

_LAST_LINE = re.compile(rb"q quit\r?\n")
_SECONDS = re.compile(r"score.*? ([0-9.]+) s, seed")


def tree_cpu_s(process: int) -> float:
    """Read the CPU seconds of a process and of all that it has started, ended or not."""
    # utime, stime, and those of children that have ended, in ticks, behind the name in brackets.
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:15]
    own_s = sum(map(int, fields)) / os.sysconf("SC_CLK_TCK")
    return own_s + sum(map(tree_cpu_s, children(process)))


class Watched:
    """A `grade watch` in a terminal."""

    def __init__(self, root: Path, exercise: str) -> None:
        self.process, self._terminal = pty.fork()
        if self.process == 0:
            termios.tcsetwinsize(0, (50, 90))
            os.chdir(root)
            os.execv(GRADE, [GRADE, "watch", exercise])

    def report(self) -> str:
        """Wait until a report has been written to its end."""
        text = b""
        while not _LAST_LINE.search(text):
            try:
                is_there = bool(select.select([self._terminal], [], [], 60)[0])
                text += os.read(self._terminal, 1 << 16) if is_there else b""
            except OSError:  # It has ended.
                is_there = False
            if not is_there:
                sys.exit(f"grade watch says nothing more after:\n{text.decode()}")
        return text.decode()

    def end(self) -> None:
        """Press q, and wait until it has gone."""
        os.write(self._terminal, b"q")
        os.waitpid(self.process, 0)
        os.close(self._terminal)


def save_rows(root: Path, exercise: str, name: str, runs: int) -> list[Row]:
    """Save a right answer again and again, and measure until its report stands there."""
    path = root / "exercises" / exercise / name
    right = (root / "solutions" / exercise / name).read_text()
    watched = Watched(root, exercise)
    watched.report()
    took, judged = [], []
    for number in range(-1, runs):
        if number == 0:  # The first one fills caches.
            cpu_s, took, judged = tree_cpu_s(watched.process), [], []
        # As an editor does that writes the file anew; not in step with the looks of the watch.
        time.sleep(0.1 + number % 7 / 1000)
        started = time.perf_counter()
        path.write_text(f"{right}# {number}\n")
        text = watched.report()
        took.append(1000 * (time.perf_counter() - started))
        found = _SECONDS.search(text)
        if found is None:
            sys.exit(f"the reference of {exercise} gets no score:\n{text}")
        judged.append(1000 * float(found[1]))
    cpu_ms = 1000 * (tree_cpu_s(watched.process) - cpu_s) / runs
    watched.end()
    ms, alone = statistics.median(took), statistics.median(judged)
    measured = f"{ms:.0f} ms ({min(took):.0f} to {max(took):.0f}; the verdicts {alone:.0f})"
    what = f"save to report, {root.name}, {runs} saves"
    return [
        Row(what, f"{SAVE_BAR_MS} ms", measured, ms <= SAVE_BAR_MS),
        Row(
            "the same, CPU of all processes",
            f"{SAVE_CPU_BAR_MS} ms",
            f"{cpu_ms:.0f} ms",
            cpu_ms <= SAVE_CPU_BAR_MS,
        ),
    ]


def idle_row(root: Path) -> Row:
    """Measure what watching costs while nothing happens."""
    watched = Watched(root, "exercise-03")
    watched.report()
    cpu_s, started = tree_cpu_s(watched.process), time.perf_counter()
    time.sleep(5)
    cpu_s = tree_cpu_s(watched.process) - cpu_s
    share = 100 * cpu_s / (time.perf_counter() - started)
    watched.end()
    return Row("watching idly, CPU", f"{IDLE_BAR:g} %", f"{share:.2f} %", share <= IDLE_BAR)


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Have a warm server, in a runtime folder of our own; its process number."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = subprocess.Popen([GRADE, "serve"], stdout=subprocess.PIPE)
    assert server.stdout is not None
    server.stdout.readline()
    yield server.pid
    server.send_signal(signal.SIGINT)
    server.wait()


def cost(root: Path, folder: Path) -> Cost:
    """Measure one `grade exercise-03` with this runtime folder."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    return run([GRADE, "exercise-03", "solutions/exercise-03"], root)


def warm_rows(root: Path, folder: Path, runs: int) -> list[Row]:
    """Compare `grade` through a server with a cold one, in turn."""
    nowhere = folder / "nowhere"
    nowhere.mkdir(mode=0o700)
    with served(folder) as server:
        cost(root, folder)
        cpu_s = tree_cpu_s(server)
        costs = pairs(lambda: cost(root, folder), lambda: cost(root, nowhere), runs)
        cpu_s = (tree_cpu_s(server) - cpu_s) / (runs + 1)
    warm_ms = 1000 * statistics.median(warm.wall_s for warm, _ in costs)
    client_ms = 1000 * statistics.median(warm.cpu_s for warm, _ in costs)
    both_ms = client_ms + 1000 * cpu_s
    both = f"{both_ms:.0f} ms ({client_ms:.0f} of them in the command itself)"
    wall, _ = ratio_rows("grade exercise-03, warm / cold", costs, WARM_BAR)
    return [
        Row(
            "grade exercise-03, warm",
            f"{WARM_BAR_MS} ms",
            f"{warm_ms:.0f} ms",
            warm_ms <= WARM_BAR_MS,
        ),
        Row(
            "the same, CPU of all processes",
            f"{WARM_CPU_BAR_MS} ms",
            both,
            both_ms <= WARM_CPU_BAR_MS,
        ),
        wall,
    ]


def light(root: Path) -> None:
    """Make a course of one exercise with ten light checks."""
    for tree in ("exercises", "solutions", "tests"):
        (root / tree / "exercise-01").mkdir(parents=True)
    (root / "gradebook.yml").write_text(_GRADEBOOK.format(count=TEN))
    for tree in ("exercises", "solutions"):
        (root / tree / "exercise-01/twice.py").write_text(_ANSWER)
    checks = "".join(_CHECK.format(number=number) for number in range(TEN))
    (root / "tests/exercise-01/test_twice.py").write_text(_CHECKS + checks)


def main() -> None:
    """Measure everything and print one table."""
    runs = int(sys.argv[1]) if sys.argv[1:] else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        course, ten = folder / "exercise-03", folder / "ten light checks"
        for tree in ("exercises", "solutions", "tests/exercise-03"):
            shutil.copytree(COURSE / tree, course / tree)
        shutil.copy(COURSE / "gradebook.yml", course)
        light(ten)
        os.environ["XDG_RUNTIME_DIR"] = str(folder)
        rows = [
            *save_rows(course, "exercise-03", "gradients.py", runs),
            *save_rows(ten, "exercise-01", "twice.py", runs),
            idle_row(course),
            *warm_rows(course, folder, runs),
        ]
    sys.exit(0 if show(rows) else 1)


if __name__ == "__main__":
    main()
