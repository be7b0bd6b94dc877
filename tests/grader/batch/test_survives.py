"""Whatever is killed, and whenever: nothing that was graded is lost, doubled or changed."""

import os
import random
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Desk

Told = dict[str, dict[str, object]]


def test_what_is_killed_costs_nobody_a_point(full: "Desk", undisturbed: Told) -> None:
    """Judges, zygotes and children are killed at random; all end as in an undisturbed run."""
    process = full.start("batch", "handed-in", "-j2", "--json", "b.jsonl")
    chance = random.Random(5)
    killed = 0
    for wanted in (1, 2, 4, 6):
        full.wait(process, wanted)
        judges, zygotes = full.judges(process.pid)
        victims = [*judges, *zygotes, *(child for pid in zygotes for child in full.below(pid))]
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
