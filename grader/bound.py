"""What the trusted side spends on one check at most.

Comparing a right answer is cheap, but an answer can be made to be dear: a module of torch's own
classes runs on this side, and a few lines describe one that computes for years or fills the
memory. The bounds are multiples of the submission's own limits, far above what the reference takes.

Two timers count. The first raises, between two steps of Python. One call of torch may last for
minutes, though, and no signal handler of Python's runs meanwhile: the second timer has no handler,
so the system ends the process. Whoever speaks with it starts it again and says which check was so
dear (`grader.trusted`), and that check is then lost without being tried.
"""

import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from grader.records import Outcome
from grader.sandbox.raised import StudentError

AGAIN_S = 0.25  # until the next signal, where the first was raised into a place that ignores it
GRACE_S = 0.3  # until the process is ended, where nothing of Python's runs
TOO_DEAR = "the answer took more than {} to check; is it far larger than it has to be?"


@contextmanager
def bounded(cpu_s: float, memory_bytes: int | None) -> Iterator[None]:
    """Bound this process's CPU time, and the memory that it takes besides, within the block.

    Time is bounded in the main thread only, since only there signals are handled; memory on Linux
    only. Memory that is refused is an error of whoever asked for it.

    Args:
        cpu_s: seconds of CPU time.
        memory_bytes: None leaves memory alone: a GPU's driver reserves more addresses than there
            are bytes.

    Raises:
        StudentError: the time is up.
    """
    with _bounded_time(cpu_s), _bounded_memory(memory_bytes):
        yield


@contextmanager
def _bounded_time(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise StudentError(Outcome.TIMED_OUT, TOO_DEAR.format(f"{seconds:g} s"))

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_S)
    signal.setitimer(signal.ITIMER_PROF, seconds + GRACE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _bounded_memory(allowance: int | None) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    is_open = sys.platform.startswith("linux") and soft == resource.RLIM_INFINITY
    if allowance is None or not is_open:
        yield
        return
    with open("/proc/self/statm", "rb") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    limit = size + allowance
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
