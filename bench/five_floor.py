"""The floor under `peers.py`: fork, run the answer, run the twelve checks on it, and no more.

    python bench/five_floor.py [--count 40] [--runs 5]

It is what a grader of this exercise costs that keeps nothing, sends nothing, has no walls and lets
the student's code share a process with the checks: a fork of a process that has torch, as warm as
a zygote's, for each submission. Prints the CPU milliseconds of one; needs the grader, and Linux.
"""

import argparse
import gc
import os
import resource
import statistics
import sys
import types
from collections.abc import Callable
from pathlib import Path

from grader.sandbox import environment
from grader.sandbox.child import warm

FIVE = Path(__file__).with_name("five")


def work(answer: types.CodeType, checks: list[Callable[[object], None]]) -> None:
    """Execute the answer, and run all checks on it."""
    student = types.ModuleType("five")
    exec(answer, vars(student))
    for check in checks:
        check(student)


def cpu_ms() -> float:
    """Read the CPU milliseconds of this process and of the children that have ended."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return 1000 * sum(usage.ru_utime + usage.ru_stime for usage in both)


def main() -> None:
    """Fork so many times, and print what one took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--runs", type=int, default=5)
    wish = parser.parse_args()
    warm.import_torch()
    warm.warm_up()
    answer = compile((FIVE / "answer.py").read_text(), "five.py", "exec")
    namespace: dict[str, Callable[[object], None]] = {}
    exec((FIVE / "checks.py").read_text(), namespace)
    checks = [check for name, check in namespace.items() if name.startswith("check_")]
    gc.collect()
    gc.freeze()
    found = []
    for _ in range(wish.runs):
        before = cpu_ms()
        for _ in range(wish.count):
            if os.fork() == 0:
                work(answer, checks)
                os._exit(0)
            if os.wait()[1]:
                raise SystemExit("a child did not pass its checks; its complaint stands above.")
        found.append((cpu_ms() - before) / wish.count)
    print(f"{statistics.median(found):.1f} ms of CPU a submission, {min(found):.1f} to "
          f"{max(found):.1f} in {wish.runs} runs of {wish.count}")  # fmt: skip


if __name__ == "__main__":
    settings = environment.clean()
    if "GLIBC_TUNABLES" not in os.environ:
        # The C library reads them when a process starts.
        command = [*environment.interpreter(), __file__, *sys.argv[1:]]
        os.execve(command[0], command, settings)
    main()
