"""What a process has used, as the kernel tells it."""

import os
import subprocess
import threading
import time

import pytest

from grader.sandbox import usage


@pytest.fixture
def ended():
    """The number of a process that is no more."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_cpu_time_is_of_work():
    """Computing is counted in seconds, and sleeping is not."""
    before = usage.cpu_s(os.getpid())
    time.sleep(0.2)
    slept = usage.cpu_s(os.getpid())
    while time.process_time() < slept + 0.1:
        pass

    assert slept - before < 0.1
    assert usage.cpu_s(os.getpid()) >= slept + 0.1


def test_resident_memory_is_touched_memory():
    """Memory that is written to is counted in bytes."""
    before = usage.resident(os.getpid())
    held = bytearray(b"x") * (64 << 20)

    assert usage.resident(os.getpid()) - before > len(held) // 2


def test_threads_are_counted():
    """Every thread counts, the first included."""
    before = usage.threads(os.getpid())
    is_over = threading.Event()
    thread = threading.Thread(target=is_over.wait)
    thread.start()
    during = usage.threads(os.getpid())
    is_over.set()
    thread.join()

    assert before >= 1
    assert during == before + 1


def test_a_process_that_is_gone_uses_nothing(ended):
    """Of a process that has ended nothing is told."""
    assert (usage.cpu_s(ended), usage.resident(ended), usage.threads(ended)) == (0.0, 0, 0)
