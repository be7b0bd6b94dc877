"""Turns: one process at a time judges what is large, and a process that is gone holds up nobody."""

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from grader import turns

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no nursery there")

LARGE = turns.LARGE_BYTES + 1
PATIENCE_S = 10.0
MOMENT_S = 0.2


class Other:
    """A process that was forked from this one, which takes its turn at once."""

    def __init__(self, size: int) -> None:
        self._told, telling = os.pipe()
        asked, self._asking = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                turns.take(size)
                os.write(telling, b"!")
                os.read(asked, 1)
                turns.leave()
                os.write(telling, b".")
                signal.pause()
            finally:
                os._exit(0)
        os.close(telling)
        os.close(asked)

    def says(self, patience_s: float = PATIENCE_S) -> bytes:
        """Hear "!" when its turn has come and "." when it is over; nothing while it waits."""
        is_said = select.select([self._told], [], [], patience_s)[0]
        return os.read(self._told, 1) if is_said else b""

    def leave(self) -> None:
        """Have it leave its turn."""
        os.write(self._asking, b"?")

    def end(self) -> None:
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._told)
        os.close(self._asking)


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Other]]:
    """Fork processes that take turns with each other."""
    monkeypatch.setattr(turns, "_gate", None)
    turns.begin()
    found: list[Other] = []

    def fork(size: int) -> Other:
        found.append(Other(size))
        return found[-1]

    yield fork
    for each in found:
        each.end()
    assert turns._gate is not None
    os.close(turns._gate)


def test_a_second_one_waits_until_the_first_leaves(other: Callable[[int], Other]) -> None:
    """Of two large answers the second is judged when the first has been."""
    first = other(LARGE)
    assert first.says() == b"!"
    second = other(LARGE)
    is_waiting = second.says(MOMENT_S) == b""
    first.leave()

    assert is_waiting
    assert first.says() == b"."
    assert second.says() == b"!"


def test_what_is_small_waits_for_nobody(other: Callable[[int], Other]) -> None:
    """A small answer is judged while a large one is."""
    assert other(LARGE).says() == b"!"
    assert other(turns.LARGE_BYTES).says() == b"!"


def test_one_that_is_killed_holds_up_nobody(other: Callable[[int], Other]) -> None:
    """The turn of a process that is killed is the next one's."""
    first = other(LARGE)
    assert first.says() == b"!"
    second = other(LARGE)
    is_waiting = second.says(MOMENT_S) == b""
    os.kill(first.pid, signal.SIGKILL)

    assert is_waiting
    assert second.says() == b"!"


def test_whoever_is_alone_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a nursery there are no turns to take, and none to leave."""
    monkeypatch.setattr(turns, "_gate", None)
    turns.take(LARGE)
    turns.leave()

    assert not turns._is_ours
