"""The process that is forked for every submission, and the program of a child without a fork.

The zygote imports torch once, warms it up, and then does two things when the host asks: fork a
child, and end one. It never reads a hidden file, a reference or a submission: whatever it held
would lie in the memory of every later child. The sources therefore reach a child on that child's
own socket, after its walls stand. As the children's parent it also ends them: a process that has
died stays a zombie until then, so no signal can hit a stranger who got the same number.

Orders are lines of JSON on a socket; an order to fork carries two descriptors, the child's channel
and the pipe for what it prints. The child's group, where the machine has one to give, is made
before the fork and removed when the child has been reaped: only this process sees both.
"""

import io
import json
import os
import signal
import socket
import sys
import time

from grader.errors import GraderError
from grader.sandbox import walls, wire
from grader.sandbox.child import practice, service, warm
from grader.sandbox.child.state import State
from grader.sandbox.walls import cgroups

MAX_ORDER = 64 << 10
GRACE_S = 0.25  # for a child that has closed its channel to finish dying, so that its signal shows


def prepare() -> State:
    """Warm torch up and remember the state that every check starts from."""
    warm.warm_up()
    walls.Plan()  # It finds Python's folders by an import, which is to be no news to the state.
    return State()


def ready() -> State:
    """Prepare and serve once: all that writes to torch's memory, in whatever process forks first.

    What that one has written, those that it forks share; what they write, each has for itself.
    """
    state = prepare()
    practice.practise(state)
    return state


def settle() -> None:
    """Find out what walls can be built from, and forget what is nobody's business inside."""
    walls.prepare()
    sys.argv[:] = ["submission"]  # It stands on this process's command line.


def serve(control: socket.socket, state: State) -> None:
    """Fork and end children until the host closes the control socket."""
    settle()
    parent = os.getpid()
    groups: dict[int, cgroups.Group | None] = {}
    try:
        while True:
            data, descriptors, _, _ = socket.recv_fds(control, MAX_ORDER, 2)
            if not data:
                return
            order = json.loads(data)
            if order["do"] == "fork":
                channel, output = descriptors
                group = cgroups.make() if order["plan"]["mode"] != "none" else None
                child = os.fork()
                if child == 0:
                    control.close()
                    become(channel, output, order["plan"] | {"group": group}, state, parent)
                groups[child] = group
                os.close(channel)
                os.close(output)
                answer = {"child": child}
            else:
                answer = _end(order["child"], groups.pop(order["child"]), GRACE_S)
            control.sendall(json.dumps(answer).encode() + b"\n")
    finally:
        for child, group in groups.items():
            _end(child, group, 0)


def _end(child: int, group: cgroups.Group | None, grace_s: float) -> dict[str, int]:
    """Reap a child, killing it if it does not go by itself, and remove its group.

    Returns:
        its status as `os.waitpid` gives it, whether it had to be killed, and whether its group ran
        out of memory.
    """
    status, is_forced = _reap(child, grace_s)
    is_exhausted = group is not None and cgroups.is_exhausted(group)
    if group is not None:
        cgroups.remove(group)
    return {"status": status, "is_forced": is_forced, "is_out_of_memory": is_exhausted}


def _reap(child: int, grace_s: float) -> tuple[int, bool]:
    deadline = time.monotonic() + grace_s
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status, False
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1], True


def _unbuffered(descriptor: int) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", write_through=True)


def _confine(channel: int, wishes: dict[str, object], parent: int | None) -> str:
    plan = walls.Plan(keep=(channel,), parent=parent, **wishes)  # type: ignore[arg-type]
    standing = walls.build(plan)
    walls.prove(standing)
    return walls.describe(standing)


def become(
    channel: int,
    output: int,
    plan: dict[str, object],
    state: State,
    parent: int | None = None,
) -> None:
    """Turn this process into a child: its own output, its walls, then the service. No return."""
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        # What the student prints appears even if the process is killed a moment later.
        sys.stdout, sys.stderr = _unbuffered(1), _unbuffered(2)
        stream = socket.socket(fileno=channel)
        try:
            confinement = _confine(channel, plan, parent)
        except GraderError as error:
            for part in wire.pack(["unconfined", 0, str(error)]):
                stream.sendall(part)
            return
        state.renew()
        for part in wire.pack(["ready", 0, confinement]):
            stream.sendall(part)
        service.serve(stream, state)
    except OSError as error:
        # The host has gone, or the student's code closed the channel: there is nobody to answer.
        print(f"the channel is gone: {error}", file=sys.stderr)
    finally:
        # Whatever happened, a child never runs on as a second zygote.
        if sys.exc_info()[0] is not None:
            sys.excepthook(*sys.exc_info())
        os._exit(0)
