"""What the trusted side spends on one check at most.

Comparing a right answer is cheap, but an answer can be made to be dear: a module of torch's own
classes runs on this side, and a few lines describe one that computes for years or fills the
memory. The bounds are multiples of the submission's own limits, far above what the reference takes.
"""

import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from grader.records import Outcome
from grader.sandbox.raised import StudentError

AGAIN_S = 1.0  # until the next signal, where the first was raised into a place that ignores it


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
        raise StudentError(
            Outcome.TIMED_OUT,
            f"the answer took more than {seconds:g} s to check; "
            "is it far larger than it has to be?",
        )

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


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
