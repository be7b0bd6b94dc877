"""What the walls cost: starting a child with them and without, and calling through them.

    python bench/walls.py [CHILDREN]

Needs the grader installed, as the README says, and Linux. Root and another user have different
walls, so run it as both. Children with walls (mode auto) and
without (mode none) are started in turn by one zygote. A child's CPU time is read from the kernel's
clock for its process, from its fork until it says that its walls stand.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

from paired import Row, pairs, process_cpu_s, show

from grader.records import Limits, Source, Submission
from grader.sandbox import launch
from grader.sandbox.host import Child, Sandbox, Terms
from grader.sandbox.proxy import Student

START_BAR_MS = 3  # between a child with walls and one without
CALL_BAR = 1.05  # times; a quiet machine repeats itself to a few hundredths
CALLS = 200  # in a row, so that one reading of the clock is long against its resolution

_SUBMISSION = Submission("twice", (Source("twice.py", "def twice(x):\n    return 2 * x\n"),), "0")


def starts(launcher: launch.Launcher, count: int) -> list[Row]:
    """Start children in turn and compare what each used before it could serve."""

    def started(mode: str) -> Callable[[], float]:
        terms = Terms(Limits(), confine=mode)

        def start() -> float:
            child = Child(launcher, terms)
            child.ready()
            used = process_cpu_s(child.process)
            child.end()
            return 1000 * used

        return start

    used = pairs(started("auto"), started("none"), count)
    with_walls = statistics.median(a for a, _ in used)
    without = statistics.median(b for _, b in used)
    added = statistics.median(a - b for a, b in used)
    text = f"{added:.2f} ms ({with_walls:.2f} ms against {without:.2f} ms)"
    who = "root" if os.geteuid() == 0 else "an ordinary user"
    return [
        Row(
            f"walls at a child's start, CPU, {who}",
            f"{START_BAR_MS} ms",
            text,
            added <= START_BAR_MS,
        )
    ]


def calls(launcher: launch.Launcher, count: int) -> list[Row]:
    """Call the same function in two children in turn and compare wall and the child's CPU time."""
    sandboxes = {mode: Sandbox(launcher, _SUBMISSION, Terms(Limits(), mode)) for mode in
                 ("auto", "none")}  # fmt: skip

    def called(mode: str) -> Callable[[], tuple[float, float]]:
        sandbox = sandboxes[mode]
        student = Student(sandbox.exchange, sandbox.begin(0), ("twice.py",), {})
        child = sandbox._child
        assert child is not None

        def call() -> tuple[float, float]:
            wall, cpu = time.perf_counter(), process_cpu_s(child.process)
            for _ in range(CALLS):
                student.twice(1.5)
            return time.perf_counter() - wall, process_cpu_s(child.process) - cpu

        return call

    costs = pairs(called("auto"), called("none"), count)
    for sandbox in sandboxes.values():
        sandbox.close()
    rows = []
    for position, kind in enumerate(("wall", "CPU in the child")):
        ratio = statistics.median(a[position] / b[position] for a, b in costs)
        each_us = [1e6 * statistics.median(c[s][position] for c in costs) / CALLS for s in (0, 1)]
        text = f"{ratio:.3f} × ({each_us[0]:.0f} µs against {each_us[1]:.0f} µs)"
        rows.append(Row(f"a call through the walls, {kind}", f"{CALL_BAR} ×", text,
                        ratio <= CALL_BAR))  # fmt: skip
    return rows


def main() -> None:
    """Measure both and print one table."""
    count = int(sys.argv[1]) if sys.argv[1:] else 50
    launcher = launch.Zygote.launch()
    rows = [*starts(launcher, count), *calls(launcher, count)]
    launcher.close()
    sys.exit(0 if show(rows) else 1)


if __name__ == "__main__":
    main()
