"""Tests of grader.bound: what the trusted side spends on one check at most."""

import itertools
import resource
import signal
import subprocess
import sys

import pytest
import torch

from grader.bound import bounded
from grader.records import Outcome
from grader.sandbox.raised import StudentError

CPU_S, MEMORY = 0.06, 512 << 20


def test_work_without_end_is_stopped():
    """Work that does not end is stopped when its CPU time is up."""
    with pytest.raises(StudentError) as caught, bounded(CPU_S, MEMORY):
        all(number >= 0 for number in itertools.count())

    assert caught.value.outcome is Outcome.TIMED_OUT
    assert caught.value.text == (
        "the answer took more than 0.06 s to check; is it far larger than it has to be?"
    )


def test_a_module_without_end_is_stopped():
    """A forward pass through parts that share their parts is stopped between two of them."""
    module = torch.nn.Identity()
    for _ in range(50):
        module = torch.nn.Sequential(module, module)

    with pytest.raises(StudentError, match="took more than"), bounded(CPU_S, MEMORY):
        module(torch.ones(1))


def test_a_single_call_without_end_ends_the_process():
    """One call of torch that no handler can interrupt ends the process, by a signal of its own."""
    code = (
        "import torch\nfrom grader.bound import bounded\ntorch.set_num_threads(1)\n"
        "with bounded(0.3, None): torch.nn.functional.conv1d(\n"
        "    torch.ones(1, 5, 20_000), torch.ones(700, 5, 10_000), padding=10_000)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert ended.returncode == -signal.SIGPROF


def test_memory_is_refused():
    """Memory beyond what is granted is refused to whoever asks for it."""
    with pytest.raises(RuntimeError, match="can't allocate memory"), bounded(CPU_S, MEMORY):
        torch.empty(1 << 30, dtype=torch.uint8)


def test_afterwards_all_is_as_before():
    """After the block the process has its own limits, handlers and timers again."""
    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGVTALRM)
    with bounded(CPU_S, MEMORY):
        inside = resource.getrlimit(resource.RLIMIT_AS)

    assert inside != before[0]
    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGVTALRM)) == before
    for timer in (signal.ITIMER_PROF, signal.ITIMER_VIRTUAL):
        assert signal.getitimer(timer) == (0.0, 0.0)
