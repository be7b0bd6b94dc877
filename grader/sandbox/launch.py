"""Starting and ending the processes that children are: a zygote that forks, or fresh interpreters.

A zygote is started with an environment of its own, holds one control socket, and never sees a
submission; see `grader.sandbox.child.zygote` for its side. Where a process that has loaded torch
must not be forked, each child is a fresh interpreter that imports torch itself: the same program,
a second slower.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.errors import SandboxError
from grader.sandbox import environment

START_S = 120.0  # for an interpreter to import torch on a slow machine


@dataclass(frozen=True)
class End:
    """How a child's process ended."""

    # As `os.waitpid` gives it.
    status: int
    # Whether it did not go by itself, and had to be killed.
    is_forced: bool
    # Whether the kernel killed it at the limit of its group.
    is_out_of_memory: bool = False


class Launcher(Protocol):
    """Starts and ends child processes."""

    def start(self, channel: int, output: int, plan: dict[str, object]) -> int:
        """Start a child on two descriptors; its process number."""

    def end(self, child: int) -> End:
        """End a child if it has not gone by itself."""

    def close(self) -> None:
        """Let go of what the launcher itself started."""


class Zygote:
    """Forks children from a process that has imported torch. Owns the control socket."""

    def __init__(self, control: socket.socket, process: subprocess.Popen[bytes] | None) -> None:
        self._control = control
        self._process = process

    @classmethod
    def launch(cls) -> "Zygote":
        """Start a fresh zygote; it imports torch while the caller goes on."""
        control, theirs = socket.socketpair()
        with theirs:
            process = _popen(["zygote", str(theirs.fileno())], (theirs.fileno(),))
        return cls(control, process)

    def start(self, channel: int, output: int, plan: dict[str, object]) -> int:
        """Fork a child."""
        order = json.dumps({"do": "fork", "plan": plan}).encode()
        try:
            socket.send_fds(self._control, [order], [channel, output])
        except OSError as error:
            raise SandboxError(f"the zygote does not take orders: {error}") from error
        return self._answer()["child"]

    def end(self, child: int) -> End:
        """Reap a child, killing it if need be."""
        try:
            self._control.sendall(json.dumps({"do": "end", "child": child}).encode())
        except OSError as error:
            raise SandboxError(f"the zygote does not take orders: {error}") from error
        answer = self._answer()
        return End(answer["status"], *map(bool, (answer["is_forced"], answer["is_out_of_memory"])))

    def _answer(self) -> dict[str, int]:
        data = b""
        self._control.settimeout(START_S)
        while not data.endswith(b"\n"):
            try:
                part = self._control.recv(4096)
            except OSError as error:
                # What it answers later would be taken for the answer to another order.
                self._control.close()
                raise SandboxError(f"the zygote does not answer: {error}") from error
            if not part:
                raise SandboxError("the zygote has ended; see its complaint above, if any")
            data += part
        answer: dict[str, int] = json.loads(data)
        return answer

    def close(self) -> None:
        """End the zygote by closing its control socket."""
        self._control.close()
        if self._process is not None:
            self._process.wait()


class Interpreters:
    """Starts a fresh interpreter for each child, where processes cannot be forked. Slower."""

    def __init__(self) -> None:
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, channel: int, output: int, plan: dict[str, object]) -> int:
        """Start an interpreter that becomes a child once it has imported torch."""
        words = ["single", str(channel), str(output), json.dumps(plan)]
        process = _popen(words, (channel, output))
        self._processes[process.pid] = process
        return process.pid

    def end(self, child: int) -> End:
        """Kill and reap a child, unless it goes by itself in a moment."""
        process, is_forced = self._processes.pop(child), False
        try:
            code = process.wait(0.25)
        except subprocess.TimeoutExpired:
            is_forced = True
            process.kill()
            code = process.wait()
        # Popen turns the status around; this is the form of os.waitpid.
        return End(-code if code < 0 else code << 8, is_forced)

    def close(self) -> None:
        """End the children that are left."""
        for child in list(self._processes):
            self.end(child)


def _popen(words: Sequence[str], descriptors: tuple[int, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*environment.interpreter(), "-m", "grader.sandbox.child", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment.clean(),
        pass_fds=descriptors,
        start_new_session=True,
    )


def launcher() -> Launcher:
    """Choose how children are started on this machine."""
    # On macOS a process that has loaded system frameworks must not be forked.
    is_forkable = hasattr(os, "fork") and sys.platform.startswith("linux")
    return Zygote.launch() if is_forkable else Interpreters()
