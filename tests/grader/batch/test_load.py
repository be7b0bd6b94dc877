"""A busy machine changes no verdict: what decides is CPU time, and the clock only when alone."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from grader import course, submissions
from grader.judges import Job, Judges, Settings

if TYPE_CHECKING:
    from conftest import Desk

# Three seconds are allowed on the clock.
SLEEPER = """
import time

def double(x):
    if x.shape == (2,):
        time.sleep(2)
    return 2 * x

def half(x):
    return x / 2
"""


@pytest.fixture
def load() -> Iterator[None]:
    """Keep two cores busy beside."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def end_first(desk: "Desk", judges: list[int], ended: list[int], number: signal.Signals) -> None:
    """Send a signal to the first child that is there for half a second: it sleeps."""
    seen: dict[int, float] = {}
    while not ended:
        zygotes = [zygote for pid in judges for zygote in desk.below(pid)]
        for child in (child for zygote in zygotes for child in desk.below(zygote)):
            if time.monotonic() - seen.setdefault(child, time.monotonic()) > 0.5:
                os.kill(child, number)
                ended.append(child)
        time.sleep(0.01)


@pytest.mark.usefixtures("load")
def test_load_changes_nothing(full: "Desk", undisturbed: dict[str, dict[str, object]]) -> None:
    """Beside two busy programs all is told bit for bit as without, and who sleeps may sleep."""
    full.hand_in({"sam": SLEEPER})
    ended = full.run("batch", "handed-in", "-j2", "--json", "told.jsonl")
    found = full.told("told.jsonl")
    sleeper = found.pop("sam")

    assert ended.returncode == 0, ended.stderr
    assert found == undisturbed
    assert sleeper["score"] == "4"


def test_what_the_clock_says_is_asked_again_alone(desk: "Desk") -> None:
    """Whoever was kept from the processor until the time was over is graded anew, and passes."""
    exercise = course.load(desk.root).exercises[0]
    submission = submissions.of_bytes({"answer.py": SLEEPER.encode()}, exercise, "sam")
    stopped: list[int] = []

    with Judges(Settings(desk.root, 2)) as judging:
        references = judging.references([exercise])
        words = (desk, judging.pids, stopped, signal.SIGSTOP)
        thread = threading.Thread(target=end_first, args=words)
        thread.start()
        found = list(judging.grade([Job("sam", exercise, submission)], references))
        thread.join()

    assert len(stopped) == 1
    assert [(one.tries, one.attempt.score.earned, one.why) for one in found] == [(2, 4, "")]


def test_a_reference_that_is_killed_is_graded_again(desk: "Desk") -> None:
    """Somebody who kills the reference's process does not make the checks wrong."""
    desk.reference.write_text(SLEEPER)
    exercise = course.load(desk.root).exercises[0]
    killed: list[int] = []

    with Judges(Settings(desk.root, 1)) as judging:
        words = (desk, judging.pids, killed, signal.SIGKILL)
        thread = threading.Thread(target=end_first, args=words)
        thread.start()
        found = judging.references([exercise])
        thread.join()

    assert len(killed) == 1
    assert found["exercise-01"].score.earned == 4
