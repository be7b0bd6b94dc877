"""Whatever is killed, and whenever: nothing that was graded is lost, doubled or changed."""

import os
import random
import re
import shutil
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Desk

Told = dict[str, dict[str, object]]


def test_what_is_killed_costs_nobody_a_point(full: "Desk", undisturbed: Told) -> None:
    """All but the command are killed at random; everybody ends as in an undisturbed run."""
    process = full.start("batch", "handed-in", "-j2", "--json", "b.jsonl")
    chance = random.Random(5)
    killed = 0
    for wanted in (1, 2, 4, 6):
        full.wait(process, wanted)
        judges, zygotes = full.judges(process.pid)
        victims = [*full.nurseries(process.pid), *judges, *zygotes]
        victims += [child for pid in zygotes for child in full.below(pid)]
        with suppress(ProcessLookupError):
            os.kill(chance.choice(victims), signal.SIGKILL)
            killed += 1
    _, err = process.communicate(timeout=180)

    assert process.returncode == 0, err
    assert killed > 0
    assert full.told("b.jsonl") == undisturbed
    assert full.kept() == dict.fromkeys(full.answers, 1)


@pytest.mark.parametrize("seed", range(2))
def test_a_batch_that_was_killed_goes_on(seed: int, full: "Desk", undisturbed: Told) -> None:
    """The coordinator is killed at random moments; nothing is lost, doubled or changed."""
    chance = random.Random(seed)
    for wanted in sorted(chance.sample(range(1, len(full.answers)), 2)):
        process = full.start("batch", "handed-in", "-j2", "--json", "b.jsonl")
        full.wait(process, wanted)
        process.kill()
        _, err = process.communicate(timeout=60)
        told = {line.split()[0] for line in err.splitlines()}

        assert told <= set(full.kept())
    last = full.run("batch", "handed-in", "-j2", "--json", "b.jsonl")

    assert last.returncode == 0, last.stderr
    assert full.told("b.jsonl") == undisturbed
    assert full.kept() == dict.fromkeys(full.answers, 1)


def test_a_regrade_that_was_killed_goes_on(full: "Desk") -> None:
    """Typing the same again regrades those who are left, each once."""
    full.run("batch", "handed-in", "-j2")
    process = full.start("batch", "handed-in", "-j2", "--regrade")
    full.wait(process, len(full.answers) + 4)
    process.kill()
    process.communicate(timeout=60)
    again = full.run("batch", "handed-in", "-j2", "--regrade")

    assert again.returncode == 0
    assert len(again.stderr.splitlines()) <= len(full.answers) - 4
    assert full.kept() == dict.fromkeys(full.answers, 2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_asked(number: signal.Signals, full: "Desk") -> None:
    """Control-C and SIGTERM end it and all its processes, and it says how to go on."""
    process = full.start("batch", "handed-in", "-j2")
    full.wait(process, 2)
    judges, zygotes = full.judges(process.pid)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    *told, last = err.splitlines()

    assert process.returncode == 130
    assert last == (
        f"grade: stopped; {len(told)} graded, and kept in the gradebook. The same "
        "command goes on from there."
    )
    assert len(judges) == 2
    assert [pid for pid in (*judges, *zygotes) if full.is_running(pid)] == []


def test_nobody_grades_for_nobody(desk: "Desk") -> None:
    """When the command is killed, a check that would last for a minute ends with it."""
    course = desk.root / "gradebook.yml"
    course.write_text(course.read_text().replace("wall: 3 s", "wall: 60 s"))
    desk.hand_in({"sam": "import time\ndef double(x):\n    time.sleep(60)\n"})
    process = desk.start("batch", "handed-in", "-j1")
    seen: dict[int, float] = {}
    while not any(time.monotonic() - since > 1 for since in seen.values()):
        assert process.poll() is None
        judges, zygotes = desk.judges(process.pid)
        for child in (child for zygote in zygotes for child in desk.below(zygote)):
            seen.setdefault(child, time.monotonic())
        time.sleep(0.02)
    process.kill()
    killed = time.monotonic()
    while left := [pid for pid in (*judges, *zygotes) if desk.is_running(pid)]:
        assert time.monotonic() - killed < 30, left
        time.sleep(0.01)

    assert judges
    assert zygotes


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace, which sees it, is not here")
def test_nothing_is_told_before_it_is_on_the_disk(desk: "Desk") -> None:
    """The system is asked to write each result to the disk before stderr or --json hear of it."""
    students = {f"s{n}": desk.right for n in range(4)}
    desk.hand_in(students)
    traced = desk.root / "traced"
    process = desk.start(
        "batch", "handed-in", "-j2", "--json", "told.jsonl",
        under=("strace", "-e", "trace=fsync,fdatasync,write", "-o", str(traced)),
    )  # fmt: skip
    _, err = process.communicate(timeout=180)
    if "ptrace" in err:
        pytest.skip(f"strace may not look here: {err.splitlines()[0]}")
    calls = traced.read_text().splitlines()
    steps = "".join(
        "d" if "sync(" in call else "j" if '{\\"student' in call else "e"
        for call in calls
        if "sync(" in call or '{\\"student' in call or 'write(2, "s' in call
    )

    assert process.returncode == 0
    assert steps.count("j") == steps.count("e") == len(students)
    # A line for --json and one on stderr follow at least one order to write to the disk.
    assert re.fullmatch(r"(d+je)+d*", steps), steps
