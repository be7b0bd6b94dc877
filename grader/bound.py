"""What the trusted side spends on one check at most.

Comparing a right answer is cheap, but an answer can be made to be dear: a module of torch's own
classes runs on this side, and a few lines describe one that computes for years or fills the
memory. The bounds are multiples of the submission's own limits, far above what the reference takes
and below what a machine notices.
"""

import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from grader.records import Limits, Outcome
from grader.sandbox.raised import StudentError

TIMES = 3  # of the submission's CPU time
MEMORIES = 8  # of the submission's memory: an answer, its copy, the reference's, all in float64
AGAIN_S = 1.0  # until the next signal, where the first was raised into a place that ignores it


@contextmanager
def bounded(limits: Limits, *, has_gpu: bool = False) -> Iterator[None]:
    """Bound this process's CPU time and memory within the block.

    Memory that is refused is an error of whoever asked for it. Time is bounded in the main thread
    only, since only there signals are handled, and memory on Linux without a GPU, whose driver
    reserves more addresses than there are bytes.

    Raises:
        StudentError: the time is up.
    """
    with (
        _bounded_time(TIMES * limits.time_s),
        _bounded_memory(MEMORIES * limits.memory_bytes, has_gpu),
    ):
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
def _bounded_memory(allowance: int, has_gpu: bool) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if has_gpu or not sys.platform.startswith("linux") or soft != resource.RLIM_INFINITY:
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
