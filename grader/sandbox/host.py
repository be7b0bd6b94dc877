"""Starting, watching and ending the processes that run student code.

Theory of operation
-------------------
The trusted process owns one *zygote* and, for each submission, one *child* that the zygote forks
(or, where fork is not to be had, a fresh interpreter). The host speaks with the zygote over a
control socket and with each child over a channel of its own; the child's standard output is a pipe
that the host drains. Nothing of a submission passes through the zygote.

The host waits for a child in one place, `Child.request`. It never blocks on it: channel and pipe
are polled, and at every tick the child's CPU time, its memory and the wall clock are read from
outside and held against the limits. A child that exceeds one, breaks the protocol or dies is ended
by the zygote, its parent, and `Ended` says how; the next check gets a new child. A child that dies
takes no other check with it, and what it had answered before stands. One that somebody killed has
lost nothing: the filter lets no child send itself SIGKILL, so that is our fault or the machine's.

CPU time within a check decides; it is read from the kernel's clock for that process. The wall
clock is the backstop for a child that sleeps, because on a busy machine it measures the neighbours.
It runs from a question to its answer, whatever the host does meanwhile: a child that prints a
letter every millisecond keeps the host reading, and would never be waited for.
"""

import os
import select
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from grader.errors import ConfinementError, SandboxError, WireError
from grader.records import Outcome, Submission
from grader.sandbox import room, usage, walls, wire
from grader.sandbox.launch import START_S, Launcher
from grader.sandbox.raised import MAX_TEXT, StudentError, as_error
from grader.sandbox.scratch import Scratch
from grader.sandbox.terms import Terms

TICK_S = 0.02
MIB = 1 << 20
# Reads of the output between two looks at the limits, so that no flood keeps the host reading.
READS = 64
# A child cannot answer with more than it could hold, and the host must not either.
HEADER_BYTES = 16 * MIB
DEAF = "the process closed the grader's own connection and went on; close what you have opened"
# A filtered child cannot do that to itself.
KILLED = "somebody killed its process (SIGKILL), as a machine does that has no memory left"


class Ended(StudentError):  # noqa: N818  It is a verdict on the submission, no error of ours.
    """The child is gone: it exceeded a limit, crashed, or broke the protocol."""


@contextmanager
def _unbroken() -> Iterator[None]:
    """Put off the signal that bounds the host's own time: half an ending leaves a folder behind."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGVTALRM,))
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Child:
    """One child process, and the only place where the host waits for it."""

    def __init__(self, launcher: Launcher, terms: Terms) -> None:
        self._launcher = launcher
        self._limits = terms.limits
        self.scratch = Scratch()
        ours, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            self.process = launcher.start(theirs.fileno(), write, terms.plan(self.scratch.path))
        except SandboxError:
            ours.close()
            os.close(read)
            self.scratch.remove()
            raise
        finally:
            theirs.close()
            os.close(write)
        ours.setblocking(False)
        os.set_blocking(read, False)
        self._channel = ours
        self._output = read
        self.printed = bytearray()
        self.confinement = ""
        self._poller = select.poll()
        self._poller.register(ours, select.POLLIN)
        self._poller.register(read, select.POLLIN)
        self._caps = wire.Caps(HEADER_BYTES, payload_bytes=2 * terms.limits.memory_bytes)
        self._cpu_start = 0.0
        # Seconds that the questions took which are answered, and when the present one was asked.
        self.waited = 0.0
        self._asked = 0.0
        # When its limits were last looked at.
        self._looked = 0.0
        # Not watched before `ready` knows it: torch alone is a quarter of a gigabyte.
        self._memory_start = 1 << 62
        self.is_alive = True
        # Known when it has ended: how, and that it was nothing of the submission's.
        self._is_forced = self._is_out_of_memory = False
        self.fault = ""

    def ready(self) -> None:
        """Wait until the walls stand.

        Raises:
            ConfinementError: a wall that the mode demands cannot be built.
        """
        self.waited, self._asked = -START_S, time.monotonic()
        frame = self._receive(START_S)
        match frame.body:
            case ["ready", 0, str(confinement)]:
                self.confinement = confinement
            case ["unconfined", 0, str(why)]:
                raise ConfinementError(why)
            case _:
                raise WireError("the child's first words are not those of a child")
        self._memory_start = usage.resident(self.process)

    def start_budget(self, waited: float = 0.0) -> None:
        """Begin to count CPU time anew, and the wall clock from `waited` seconds on."""
        self._cpu_start = usage.cpu_s(self.process)
        self.waited = waited

    def request(
        self, body: list[wire.Node], blocks: Sequence[wire.Block], cpu_s: float
    ) -> wire.Frame:
        """Send a request and wait for its answer, at most until `cpu_s` seconds of CPU are used.

        Raises:
            Ended: the child exceeded a limit, died or broke the protocol; it has been ended.
        """
        self._asked = time.monotonic()
        try:
            self._send(wire.pack(body, blocks), cpu_s)
            frame = self._receive(cpu_s)
            if frame.body[1:2] != body[1:2] or type(frame.body[0]) is not str:
                raise WireError("the answer is to another question")
            if frame.body[0] == "broken":
                raise WireError("".join(map(str, frame.body[2:3]))[:MAX_TEXT])
        except WireError as error:
            self.end()
            raise Ended(
                Outcome.FORBIDDEN, f"the submission's process broke the protocol: {error}"
            ) from error
        finally:
            self.waited += time.monotonic() - self._asked
        return frame

    @_unbroken()
    def end(self) -> int:
        """End the process and close what belongs to it; its status."""
        if not self.is_alive:
            return 0
        self.drain()
        self.is_alive = False
        self._channel.close()
        try:
            ended = self._launcher.end(self.process)
            self._is_forced, self._is_out_of_memory = ended.is_forced, ended.is_out_of_memory
            return ended.status
        finally:
            os.close(self._output)
            self.scratch.remove()

    def _send(self, parts: list[bytes | memoryview], cpu_s: float) -> None:
        self._poller.modify(self._channel, select.POLLOUT)
        for part in parts:
            rest = memoryview(part)
            while rest:
                try:
                    rest = rest[self._channel.send(rest) :]
                except BlockingIOError:
                    self._wait(cpu_s)
                except OSError:
                    self._say_death()
        self._poller.modify(self._channel, select.POLLIN)

    def _receive(self, cpu_s: float) -> wire.Frame:
        decoder = wire.receive(self._caps)
        wanted = next(decoder)
        while True:
            buffer = room.take(wanted)
            filled = 0
            while filled < wanted:
                try:
                    count = self._channel.recv_into(buffer[filled:])
                except BlockingIOError:
                    self._wait(cpu_s)
                    continue
                except OSError:
                    count = 0
                if count == 0:
                    self._say_death()
                filled += count
            try:
                wanted = decoder.send(buffer)
            except StopIteration as done:
                frame: wire.Frame = done.value
                if not frame.body:
                    raise WireError("an answer is empty") from None
                return frame

    def _wait(self, cpu_s: float) -> None:
        """Wait for the channel a moment, drain the pipe, and hold the child to its limits.

        They are looked at once a tick: an answer that comes sooner is not held up by them.
        """
        for descriptor, event in self._poller.poll(TICK_S * 1000):
            if descriptor == self._output:
                self.drain()
                if event & select.POLLHUP:
                    self._poller.unregister(self._output)
        if time.monotonic() - self._looked < TICK_S:
            return
        self._looked = time.monotonic()
        used = usage.cpu_s(self.process) - self._cpu_start
        if used > cpu_s:
            self._exceed(Outcome.TIMED_OUT, f"stopped after {cpu_s:g} s of computing; is there a "
                         "loop that does not end, or far more work than is needed?")  # fmt: skip
        if self.waited + time.monotonic() - self._asked > self._limits.wall_s:
            self._exceed(Outcome.TIMED_OUT, f"stopped after waiting {self._limits.wall_s:g} s; "
                         "does it sleep, or wait for input?")  # fmt: skip
        if usage.resident(self.process) - self._memory_start > self._limits.memory_bytes:
            self._exceed(Outcome.OUT_OF_MEMORY, self._memory_sentence())
        if excess := self.scratch.excess():
            self._exceed(Outcome.FORBIDDEN, f"wrote {excess}, which is not allowed here")

    def drain(self) -> None:
        """Read what was printed; keep the first part, drop the rest."""
        for _ in range(READS if self.is_alive else 0):
            try:
                data = os.read(self._output, 1 << 16)
            except BlockingIOError:
                return
            if not data:
                return
            self.printed += data[: max(self._limits.output_bytes - len(self.printed), 0)]

    def _exceed(self, outcome: Outcome, sentence: str) -> None:
        self.end()
        raise Ended(outcome, sentence)

    def _memory_sentence(self) -> str:
        return (
            f"used more than {self._limits.memory_bytes // MIB} MiB; is a graph kept alive, or a "
            "tensor broadcast to a size that was not meant?"
        )

    def _say_death(self) -> None:
        status = self.end()
        if self._is_out_of_memory:
            raise Ended(Outcome.OUT_OF_MEMORY, self._memory_sentence())
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            if number == signal.SIGSYS:
                raise Ended(Outcome.FORBIDDEN, "made a system call that is not allowed here")
            if number == signal.SIGKILL and self._is_forced:
                raise Ended(Outcome.CRASHED, DEAF)
            if number == signal.SIGKILL and walls.is_filtered(self.confinement):
                self.fault = KILLED
                raise SandboxError(KILLED)
            # The real-time signals have numbers only.
            name = signal.Signals(number).name if number < signal.SIGRTMIN else f"signal {number}"
            raise Ended(Outcome.CRASHED, f"the process crashed ({name})")
        code = os.WEXITSTATUS(status)
        raise Ended(
            Outcome.CRASHED,
            f"the process ended in the middle of the check (exit code {code}); "
            "a function has to return, not to leave",
        )


class Sandbox:
    """One submission behind the wall: begins checks, replaces children, answers exchanges."""

    def __init__(self, launcher: Launcher, submission: Submission, terms: Terms) -> None:
        self._launcher = launcher
        self._submission = submission
        self._terms = terms
        self._child: Child | None = None
        self.confinement = ""
        self.late_imports: list[str] = []
        # Names that a notebook lost with a cell, each with what that raised.
        self.lost: list[wire.Node] = []
        self.children = 0

    def begin(self, seed: int) -> dict[str, bool]:
        """Give the next check a clean state and freshly executed files.

        Returns:
            the submission's names, each with whether it is callable.

        Raises:
            StudentError: the files do not load.
        """
        spent, half = 0.0, self._terms.limits.wall_s / 2
        if self._child is not None and self._child.is_alive:
            try:
                return self._begin(self._child, seed, half)
            except StudentError:
                # What the check before left behind may be the cause: a new child decides, in what
                # is left of the time that this check may take.
                spent = self._child.waited - half
                self._child.end()
        return self._begin(self._live(), seed, 0.0, spent)

    def _begin(
        self, child: Child, seed: int, withheld: float, spent: float = 0.0
    ) -> dict[str, bool]:
        child.start_budget(spent + withheld)
        if usage.threads(child.process) > 1:
            # It could fill the scratch faster than that is emptied.
            raise Ended(Outcome.FORBIDDEN, "a thread of an earlier check is still running")
        try:
            child.scratch.empty()
        except OSError as error:
            why = "what an earlier check started still writes files"
            raise Ended(Outcome.FORBIDDEN, why) from error
        frame = child.request(["begin", 0, seed % (1 << 63)], [], self._terms.limits.load_s)
        match frame.body:
            case ["ok", _, list(names), list(late), list(lost)]:
                self.late_imports = [str(name) for name in late]
                self.lost = list(lost)
                child.start_budget(child.waited - withheld)
                return dict(map(_named, names))
            case ["raised", _, *fields]:
                raise as_error(list(fields))
        # Something is left of the check before that cannot be undone.
        raise Ended(Outcome.FORBIDDEN, "the submission's files leave torch or Python changed")

    def exchange(self, body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
        """Ask the child of the present check.

        Raises:
            Ended: it is gone, now or since an earlier question of the same check.
            SandboxError: it was killed from outside.
        """
        self.demand_unharmed()
        if self._child is None or not self._child.is_alive:
            raise Ended(Outcome.CRASHED, "the process has already ended in this check")
        return self._child.request(body, blocks, self._terms.limits.time_s)

    def demand_unharmed(self) -> None:
        """Raise a SandboxError if somebody has killed the present child, whoever swallowed that."""
        if self._child is not None and self._child.fault:
            raise SandboxError(self._child.fault)

    def take_printed(self) -> str:
        """Take what was printed since this was last asked, within the limit."""
        if self._child is None:
            return ""
        self._child.drain()
        text = bytes(self._child.printed).decode(errors="replace")
        self._child.printed.clear()
        return text

    def end_child(self) -> None:
        """End the child of the present check; what it has printed can still be taken."""
        if self._child is not None:
            self._child.end()

    def close(self) -> None:
        """End the child, if there is one."""
        # A zygote that has died took its children with it; what was answered before stands.
        with suppress(SandboxError):
            self.end_child()
        self._child = None

    def _live(self) -> Child:
        if self._child is not None and self._child.is_alive:
            return self._child
        child = self._child = Child(self._launcher, self._terms)
        self.children += 1
        try:
            child.ready()
        except Ended as error:
            said = bytes(child.printed[-400:]).decode(errors="replace").strip()
            raise SandboxError(f"a child does not start: {error.text}. {said}") from error
        except SandboxError:
            child.end()
            raise
        self.confinement = child.confinement
        child.start_budget()
        child.request(self._terms.load(self._submission), [], self._terms.limits.load_s)
        return child


def _named(node: wire.Node) -> tuple[str, bool]:
    match node:
        case [str(name), bool(is_callable)]:
            return name, is_callable
    raise Ended(Outcome.FORBIDDEN, "the submission's process broke the protocol: no names")
