"""The trusted process: what its zygote holds, and what it leaves behind."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from grader.trusted import Judge

MARKED = '''
@pytest.mark.points(1)
def test_marked(student):
    """CANARY-hidden-check."""
    assert student.double(CANARY) != 1

CANARY = 20406080
'''


def descendants(process):
    """List the processes below one, by the system's own table."""
    table = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    parents = {int(pid): int(parent) for pid, parent in map(str.split, table.splitlines())}
    found, level = [], [process]
    while level:
        level = [pid for pid, parent in parents.items() if parent in level]
        found += level
    return found


def test_zygote_holds_no_check_and_no_submission(made):
    """The zygote's memory has neither the hidden check nor a submission that was graded."""
    course = made(MARKED)
    with Judge() as judge:
        type(course)(course.root, judge).grade(
            "SECRET = 'CANARY-submission'\ndef double(x): return x"
        )
        zygote = descendants(judge._process.pid)[0]
        try:
            memory = readable_memory(zygote)
        except PermissionError:
            pytest.skip("reading another process's memory needs root")

    assert b"grader.sandbox.child" in memory
    assert b"CANARY-submission" not in memory
    assert b"CANARY-hidden-check" not in memory


def readable_memory(process):
    """Read the private, writable memory of a process."""
    found = []
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            span, mode = line.split()[:2]
            if mode.startswith("rw"):
                start, end = (int(part, 16) for part in span.split("-"))
                memory.seek(start)
                found.append(memory.read(end - start))
    return b"".join(found)


def test_nothing_is_left_running(made):
    """When the judge is gone, so are its zygote and its children, even in the middle of a hang."""
    course = made(MARKED)
    with Judge() as judge:
        type(course)(course.root, judge).grade("def double(x): return x")
        below = descendants(judge._process.pid)
    deadline = time.monotonic() + 10
    while any(os.path.exists(f"/proc/{p}") for p in below) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert below
    assert [p for p in below if os.path.exists(f"/proc/{p}")] == []


def test_environment_of_the_judge_is_clean(made, monkeypatch):
    """Keys and tokens of the user reach neither the judge nor what is forked from it."""
    monkeypatch.setenv("SOME_TOKEN", "CANARY-token")
    course = made(MARKED)
    with Judge() as judge:
        type(course)(course.root, judge).grade("def double(x): return x")
        processes = [judge._process.pid, *descendants(judge._process.pid)]
        environments = [Path(f"/proc/{p}/environ").read_bytes() for p in processes]

    assert len(processes) >= 2
    assert not any(b"CANARY-token" in environment for environment in environments)
