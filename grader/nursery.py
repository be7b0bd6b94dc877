"""One import of torch, from which many trusted processes are forked: they share its memory.

A judge of its own import holds 140 MB that every other one holds as well, and takes a second of
computing until it is there. So whoever wants several starts a *nursery*: `grader.judge` imports
torch, and forks a judge whenever it is asked to, before anything hidden has been read. It reads no
course and runs no check itself, so what is forked last is as new as what was forked first.

Judges are children of the nursery and not of ours, so they are ended by handles that the kernel
keeps for processes (pidfd): no signal can hit a stranger who got the same number. If somebody kills
the nursery its judges go on, and the next one comes from a new nursery.
"""

import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from threading import Lock
from typing import IO

from grader.sandbox import environment

NURSERY = "nursery"  # its command line

_UNKNOWN = -signal.SIGKILL  # how a judge ended whose nursery was killed before it told
_MOST_BYTES = 4096


def is_possible() -> bool:
    """Tell whether this system forks, and has handles for processes."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):  # An older Python or kernel, or one that is imitated.
        return False
    return True


class Forked:
    """A judge from a nursery: of what `subprocess.Popen` offers, what a judge's owner needs."""

    def __init__(self, nursery: "Nursery", pid: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid = pid
        self.stdin: IO[bytes] | None = stdin
        self.stdout: IO[bytes] | None = stdout
        self._nursery = nursery
        self._handle = os.pidfd_open(pid)
        self._status: int | None = None
        # One thread may wait for it while another ends everything.
        self._lock = Lock()

    def poll(self) -> int | None:
        """Tell how it ended, as `Popen.poll` does; None while it runs."""
        return self._ended(0)

    def wait(self) -> int:
        """Wait until it has ended, and tell how."""
        status = self._ended(None)
        assert status is not None
        return status

    def kill(self) -> None:
        """Kill it, if it still runs."""
        with self._lock, suppress(ProcessLookupError):
            if self._status is None:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def _ended(self, patience_s: float | None) -> int | None:
        with self._lock:
            if self._status is None and select.select([self._handle], [], [], patience_s)[0]:
                self._status = self._nursery.status(self.pid)
                os.close(self._handle)
            return self._status


class Nursery:
    """Forks judges from one import; started when the first is wanted, and ended by `close`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(
        self, words: Sequence[str], complaints: int, place: str, core: int | None = None
    ) -> Forked:
        """Fork a judge.

        Args:
            words: its command line, as `grader.judge` reads it.
            complaints: the descriptor of the file that takes its standard error.
            place: its folder for temporary files.
            core: where it and its children are computed; None leaves that to the system.

        Raises:
            OSError: there is no room for another process, or no handles for processes.
        """
        orders, stdin = os.pipe()
        stdout, events = os.pipe()
        try:
            order: dict[str, object] = {"words": list(words), "place": place, "core": core}
            pid = self._asked(order, [orders, events, complaints])
            if pid is None:  # Once more, with a new one.
                pid = self._asked(order, [orders, events, complaints])
            if pid is None:
                raise OSError(errno.ECHILD, "the process that forks judges ends at once")
            return Forked(self, pid, os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"))
        except OSError:
            for descriptor in (stdin, stdout):
                os.close(descriptor)
            raise
        finally:
            os.close(orders)
            os.close(events)

    def status(self, pid: int) -> int:
        """Reap a judge that has ended, and tell how, as `Popen.returncode` does."""
        told = self._asked({"ended": pid})
        return _UNKNOWN if told is None else os.waitstatus_to_exitcode(told)

    def close(self) -> None:
        """End it; the judges that it forked are their owners' to end before."""
        with self._lock:
            self._end()

    def _asked(self, order: dict[str, object], descriptors: Sequence[int] = ()) -> int | None:
        """Send an order and wait for its number; None where nobody knows it."""
        with self._lock:
            if self._control is None and not descriptors:
                return None  # Whoever forked that judge is gone.
            if self._control is None:
                self._begin()
            assert self._control is not None
            try:
                socket.send_fds(self._control, [json.dumps(order).encode()], descriptors)
                answer = self._control.recv(_MOST_BYTES)
            except ConnectionError:
                answer = b""
            if not answer:  # Somebody has killed it; the next order finds another one.
                self._end()
                return None
            number = json.loads(answer)
            assert number is None or isinstance(number, int)
            return number

    def _begin(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*environment.interpreter(), "-m", "grader.judge", NURSERY],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment.clean(),
                start_new_session=True,
            )
        self._control = ours

    def _end(self) -> None:
        if self._control is not None and self._process is not None:
            self._control.close()
            self._process.kill()
            self._process.wait()
        self._control = self._process = None
