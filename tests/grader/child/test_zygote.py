"""The process that forks children: what it holds, what it passes on, and how it ends them."""

import contextlib
import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.sandbox.host import Sandbox
from grader.sandbox.launch import Zygote
from grader.sandbox.proxy import Student

Sandboxed = Callable[..., Sandbox]
Submitted = Callable[..., Student]

WHO = "import os\ndef who(): return os.getpid(), os.getppid()"
# Writable private memory of a process: heap, stacks and data, not the files it has mapped.
_REGION = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p ")


def status(process: int, field: str) -> str:
    """Read one field of a process's status."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(line.split(None, 1)[1] for line in lines if line.startswith(field + ":"))


def children(process: int) -> list[int]:
    """List a process's children, zombies included."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(word) for word in text.split()]


def holds(process: int, marker: bytes) -> bool:
    """Search the memory of a process, as only its owner may."""
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", 0) as memory:
        for region in filter(None, map(_REGION.match, maps)):
            start, end = (int(edge, 16) for edge in region.groups())
            memory.seek(start)
            with contextlib.suppress(OSError):
                if marker in memory.read(end - start):
                    return True
    return False


def wait_until(is_so: Callable[[], bool]) -> bool:
    """Wait up to five seconds for something to be so; whether it was."""
    deadline = time.monotonic() + 5
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


@pytest.fixture
def own_zygote() -> Iterator[Zygote]:
    """A zygote that a test may kill."""
    launched = Zygote.launch()
    yield launched
    launched.close()


def test_children_are_forked_from_one_process_of_one_thread(submitted: Submitted) -> None:
    """Every child has the zygote for its parent, which runs one thread."""
    (first, parent), (second, same) = submitted(WHO).who(), submitted(WHO).who()

    assert first != second
    assert parent == same
    assert status(parent, "Threads") == "1"


def test_no_child_is_left_when_its_sandbox_is_closed(
    sandboxed: Sandboxed, began: Callable[..., Student]
) -> None:
    """Children that ended well, crashed or were killed are reaped; no zombie stays."""
    source = WHO + "\ndef crash(): os.abort()\ndef hang():\n    while True: pass"
    made = [sandboxed(source, time_s=0.1) for _ in range(3)]
    students = [began(sandbox) for sandbox in made]
    numbers = [student.who()[0] for student in students]
    zygote = students[0].who()[1]
    before = children(zygote)
    for student, act in zip(students, ("who", "crash", "hang"), strict=True):
        with contextlib.suppress(Exception):
            getattr(student, act)()
    for sandbox in made:
        sandbox.close()

    assert set(numbers) <= set(before)
    assert not set(numbers) & set(children(zygote))


def test_the_zygote_never_holds_a_submission(
    sandboxed: Sandboxed, began: Callable[..., Student]
) -> None:
    """Neither the source nor what was passed or printed is found in the zygote's memory."""
    marker = b"marker-" + os.urandom(16).hex().encode()
    half = len(marker) // 2
    words = marker.decode()
    sandbox = sandboxed(f"{WHO}\nMARK = '{words}'\ndef show(x): print(x); return x + MARK")
    student = began(sandbox)
    child, zygote = student.who()
    answered = student.show(words)
    try:
        is_in_child = holds(child, marker[:half] + marker[half:])
    except PermissionError:
        pytest.skip("this user may not read the memory of its own processes")

    assert answered == words * 2
    assert is_in_child
    assert not holds(zygote, marker)


def test_the_zygote_has_nothing_of_the_users_environment(submitted: Submitted) -> None:
    """The block that the zygote was started with, which children inherit, is a clean one."""
    _, zygote = submitted(WHO).who()

    block = Path(f"/proc/{zygote}/environ").read_bytes()
    names = {entry.partition(b"=")[0] for entry in block.split(b"\0")}

    assert b"PATH" in names
    assert not {b"HOME", b"USER", b"PYTHONPATH", b"PYTEST_CURRENT_TEST"} & names


def test_a_child_sees_nothing_of_how_it_was_started(submitted: Submitted) -> None:
    """The command line's words are gone, and only the child's own descriptors are open."""
    student = submitted("""
import os, sys
def words(): return sys.argv
def is_open(number):
    try: os.fstat(number)
    except OSError: return False
    return True
def open_ones(): return [number for number in range(256) if is_open(number)]
""")

    assert student.words() == ["submission"]
    assert len(student.open_ones()) == 4
    assert student.open_ones()[:3] == [0, 1, 2]


def test_children_die_with_the_zygote(
    own_zygote: Zygote, sandboxed: Sandboxed, began: Callable[..., Student]
) -> None:
    """A zygote that is killed takes its children along; the host is told of an error of ours."""
    sandbox = sandboxed(WHO, on=own_zygote)
    student = began(sandbox)
    child, zygote = student.who()

    os.kill(zygote, signal.SIGKILL)

    assert wait_until(lambda: not Path(f"/proc/{child}").exists())
    with pytest.raises(SandboxError, match=r"^the zygote "):
        student.who()
    with pytest.raises(SandboxError, match=r"^the zygote "):
        began(sandbox)


def test_children_die_when_the_host_lets_go(
    own_zygote: Zygote, sandboxed: Sandboxed, began: Callable[..., Student]
) -> None:
    """A host that disappears takes zygote and children along, whatever they are doing."""
    sandbox = sandboxed(WHO, on=own_zygote)
    child, zygote = began(sandbox).who()

    own_zygote.close()

    assert wait_until(lambda: not Path(f"/proc/{child}").exists())
    assert not Path(f"/proc/{zygote}").exists()
    sandbox.close()


def test_orders_are_lines_with_descriptors(zygote: Zygote) -> None:
    """By hand: an order to fork answers with a process that greets; one to end, with its status."""
    control = zygote._control
    channel, theirs = socket.socketpair()
    read, write = os.pipe()
    order = {"do": "fork", "plan": {"mode": "none"}}
    socket.send_fds(control, [json.dumps(order).encode()], [theirs.fileno(), write])
    theirs.close()
    os.close(write)

    child = json.loads(control.recv(4096))["child"]
    greeting = channel.recv(4096)
    os.kill(child, signal.SIGTERM)
    control.sendall(json.dumps({"do": "end", "child": child}).encode())
    ended = json.loads(control.recv(4096))

    assert greeting.startswith(b"GRW1")
    assert b'["ready",0,"not confined, rlimits' in greeting
    assert ended == {"status": signal.SIGTERM, "is_forced": False, "is_out_of_memory": False}
    channel.close()
    os.close(read)
