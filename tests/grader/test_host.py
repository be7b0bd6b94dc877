"""Starting, watching and ending children: limits, deaths, and what they cost the next check."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from grader.errors import ConfinementError, SandboxError
from grader.records import Limits, Outcome
from grader.sandbox.host import DEAF, KILLED, Child, Ended, Sandbox, Terms
from grader.sandbox.launch import Zygote
from grader.sandbox.proxy import Student
from grader.sandbox.raised import StudentError

Sandboxed = Callable[..., Sandbox]
Began = Callable[..., Student]

HANG = (
    "stopped after 0.2 s of computing; is there a loop that does not end, or far more work than is "
    "needed?"
)
WAITED = "stopped after waiting 0.7 s; does it sleep, or wait for input?"
LEFT = (
    "the process ended in the middle of the check (exit code {}); a function has to return, not to "
    "leave"
)
BREACH = "the submission's process broke the protocol: "


def descriptors() -> int:
    """Count the open descriptors of this process."""
    return len(os.listdir("/proc/self/fd"))


def is_running(process: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(process: int) -> bool:
    """Wait up to five seconds for a process to go; whether it did."""
    deadline = time.monotonic() + 5
    while is_running(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(process)


# Deaths


@pytest.mark.parametrize(
    ("act", "outcome", "said"),
    [
        ("os._exit(3)", Outcome.CRASHED, LEFT.format(3)),
        ("ctypes.string_at(0)", Outcome.CRASHED, "the process crashed (SIGSEGV)"),
        ("deaf()", Outcome.CRASHED, DEAF),
        ("os.abort()", Outcome.CRASHED, "the process crashed (SIGABRT)"),
        ("os.kill(os.getpid(), 40)", Outcome.CRASHED, "the process crashed (signal 40)"),
        ("os.closerange(0, 64)", Outcome.CRASHED, LEFT.format(0)),
        ("while_true()", Outcome.TIMED_OUT, HANG),
        ("sum(range(1 << 60))", Outcome.TIMED_OUT, HANG),
        ("swallow()", Outcome.TIMED_OUT, HANG),
        ("time.sleep(60)", Outcome.TIMED_OUT, WAITED),
        ("os.kill(os.getpid(), 19)", Outcome.TIMED_OUT, WAITED),
        ("garbage()", Outcome.FORBIDDEN, f"{BREACH}a frame starts with b'garb'; expected b'GRW1'"),
    ],
)  # fmt: skip
def test_a_death_costs_its_own_check_alone(
    act: str, outcome: Outcome, said: str, sandboxed: Sandboxed, began: Began
) -> None:
    """A crash, a hang or a leave is said as what it was, and the next check gets a new child."""
    sandbox = sandboxed(
        f"""
import ctypes, os, time
def while_true():
    while True: pass
def swallow():
    while True:
        try: while_true()
        except BaseException: pass
def garbage():
    for descriptor in range(64):
        try: os.write(descriptor, b"garbage" * 10)
        except OSError: pass
def deaf():
    os.closerange(3, 64)
    time.sleep(60)
def f(): {act}
def g(): return "well"
""",
        time_s=0.2,
        # The wall clock runs out for those that wait alone, however busy the machine is.
        wall_s=0.7 if said is WAITED else 30,
    )
    student = began(sandbox)

    with pytest.raises(Ended) as caught:
        student.f()

    assert (caught.value.outcome, str(caught.value)) == (outcome, said)
    assert began(sandbox).g() == "well"
    assert sandbox.children == 2


def test_a_kill_from_outside_is_no_verdict(sandboxed: Sandboxed, began: Began) -> None:
    """Of a child that somebody killed nothing is known, also where a check swallows that."""
    sandbox = sandboxed("import os\ndef pid(): return os.getpid()\ndef f(): return 1\n")
    student = began(sandbox)
    os.kill(student.pid(), signal.SIGKILL)

    for _ in range(2):
        with pytest.raises(SandboxError) as caught:
            student.f()
        assert str(caught.value) == KILLED
    with pytest.raises(SandboxError):
        sandbox.demand_unharmed()
    assert began(sandbox).f() == 1
    sandbox.demand_unharmed()


def test_nobody_kills_himself_as_others_would(sandboxed: Sandboxed, began: Began) -> None:
    """A submission that sends itself SIGKILL is refused, so that its death would be another's."""
    student = began(sandboxed("import os\ndef f(): os.kill(os.getpid(), 9)\n"))

    with pytest.raises(StudentError) as caught:
        student.f()

    assert caught.value.outcome is Outcome.FORBIDDEN


def test_a_check_goes_no_further_than_the_death(sandboxed: Sandboxed, began: Began) -> None:
    """A second question in a check whose child has died is answered with that."""
    student = began(sandboxed("import os\ndef f(): os._exit(0)"))
    with pytest.raises(Ended):
        student.f()

    with pytest.raises(Ended, match=r"^the process has already ended in this check$"):
        student.f()


@pytest.mark.parametrize(
    "leave",
    [
        "os._exit(0)",
        "os.kill(os.getpid(), signal.SIGSTOP)",
        "[write(n) for n in range(3, 64)]",
    ],
)
def test_a_thread_that_strikes_later_costs_no_other_check(
    leave: str, sandboxed: Sandboxed, began: Began
) -> None:
    """A child that dies, stops or babbles between two checks is replaced before the second."""
    sandbox = sandboxed(
        f"""
import os, signal, threading, time
def write(n):
    try: os.write(n, b"x" * 100)
    except OSError: pass
def strike():
    time.sleep(0.05)
    {leave}
def f(): threading.Thread(target=strike).start()
def g(): return "well"
""",
        wall_s=1,
    )
    began(sandbox).f()
    time.sleep(0.1)

    assert began(sandbox).g() == "well"
    assert sandbox.children == 2


def test_a_hanging_backward_is_a_hang(sandboxed: Sandboxed, began: Began) -> None:
    """A loop in the student's backward pass is stopped, out of `loss.backward()`."""
    student = began(
        sandboxed(
            """
import torch
class Slow(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x.clone()
    @staticmethod
    def backward(ctx, grad):
        while True: pass
f = Slow.apply
""",
            time_s=0.2,
        )
    )
    out = student.f(torch.ones(2, requires_grad=True)).sum()

    with pytest.raises(Ended, match=r"^stopped after 0\.2 s of computing"):
        out.backward()


# Limits


@pytest.mark.parametrize(
    "bomb",
    [
        "[bytearray(1 << 20) for _ in range(1 << 20)]",
        "torch.ones(1 << 40)",
        "torch.ones(1 << 16, 1) * torch.ones(1 << 16)",
        "[0] * (1 << 40)",
    ],
)
def test_a_memory_bomb_is_bounded_and_named(bomb: str, sandboxed: Sandboxed, began: Began) -> None:
    """What asks for more memory than the limit is told so, and costs its own check alone."""
    sandbox = sandboxed(
        f"import torch\ndef f(): return {bomb}\ndef g(): return 1", memory_bytes=256 << 20
    )

    with pytest.raises(StudentError) as caught:
        began(sandbox).f()

    assert caught.value.outcome is Outcome.OUT_OF_MEMORY
    # Whoever is first: the kernel, which refuses, or the host, which watches from outside.
    assert str(caught.value).startswith(("it ran out of memory (", "used more than 256 MiB; "))
    assert began(sandbox).g() == 1


def test_memory_is_watched_from_outside_too(zygote: Zygote) -> None:
    """Where the address space cannot be bounded, as for a GPU, the host sees what is used."""
    child = Child(zygote, Terms(Limits(memory_bytes=64 << 20), is_gpu=True))
    child.ready()
    source = "def f():\n    keep = bytearray(b'x') * (256 << 20)\n    while True: pass"
    child.request(["load", 0, [["answer.py", source]]], [], 5)
    child.request(["begin", 0, 0], [], 5)
    child.start_budget()
    call = ["call", 1, [], [True, "float32"], ["name", "f"], [["d"]], ["u", ["u"], ["@", 0]]]

    with pytest.raises(Ended) as caught:
        child.request(call, [], 5)

    assert caught.value.outcome is Outcome.OUT_OF_MEMORY
    assert str(caught.value) == (
        "used more than 64 MiB; is a graph kept alive, or a tensor broadcast to a size that was "
        "not meant?"
    )


def test_open_files_are_counted(sandboxed: Sandboxed, began: Began) -> None:
    """More open files than the limit are the student's own OSError."""
    source = "def f(): return [open('/dev/null') for _ in range(100)]\ndef g(): return 1"
    student = began(sandboxed(source, open_files=32))

    with pytest.raises(OSError, match=r"OSError: \[Errno 24\] Too many open files: '/dev/null'"):
        student.f()

    assert student.g() == 1


@pytest.mark.parametrize("act", ["print('x' * 1000)", "os.write(1, b'x' * 65536)"])
def test_a_flood_of_output_is_read_and_dropped(
    act: str, sandboxed: Sandboxed, began: Began
) -> None:
    """Of what is printed the limit is kept, the rest is dropped, and the check is judged."""
    source = f"import os\ndef f():\n    for _ in range(300): {act}\n    return 'judged'"
    sandbox = sandboxed(source, output_bytes=5000)

    assert began(sandbox).f() == "judged"
    assert len(sandbox.take_printed()) == 5000
    assert sandbox.take_printed() == ""


def test_an_endless_flood_is_stopped(sandboxed: Sandboxed, began: Began) -> None:
    """A child that prints without end is held to its CPU time all the same."""
    source = "import os\ndef f():\n    while True: os.write(1, b'x' * 65536)"
    student = began(sandboxed(source, time_s=0.2, wall_s=5))

    with pytest.raises(Ended, match=r"^stopped after"):
        student.f()


def test_two_processes_share_the_wait_of_one_check(sandboxed: Sandboxed, began: Began) -> None:
    """A file that hangs in the old process and in the new one has one check's time for both."""
    source = "import time, torch\nif torch.initial_seed() == 2: time.sleep(60)\ndef f(): return 1"
    sandbox = sandboxed(source, wall_s=2)
    began(sandbox).f()
    start = time.monotonic()

    with pytest.raises(Ended, match=r"^stopped after waiting"):
        sandbox.begin(2)

    assert time.monotonic() - start < 2.9
    assert sandbox.children == 2


def test_what_was_printed_before_a_crash_is_kept(sandboxed: Sandboxed, began: Began) -> None:
    """What was printed before a crash is there to be read, also without a line's end."""
    sandbox = sandboxed("import os\ndef f():\n    print('so far', end=''); os.abort()")
    student = began(sandbox)

    with pytest.raises(Ended):
        student.f()

    assert sandbox.take_printed() == "so far"


def test_computing_is_counted_over_the_calls_of_a_check(sandboxed: Sandboxed, began: Began) -> None:
    """The CPU limit holds for the check, not for each call; the next check starts anew."""
    source = """
import time
def f():
    start = time.process_time()
    while time.process_time() < start + 0.15: pass
"""
    sandbox = sandboxed(source, time_s=0.4)
    student = began(sandbox)
    student.f()
    student.f()

    with pytest.raises(Ended, match=r"^stopped after 0\.4 s of computing"):
        student.f()

    again = began(sandbox)
    again.f()
    again.f()


def test_a_slow_host_costs_the_student_nothing(sandboxed: Sandboxed, began: Began) -> None:
    """Time that the check itself takes counts neither as computing nor as waiting."""
    student = began(sandboxed("def f(): return 1", time_s=1, wall_s=1))
    student.f()
    time.sleep(1.1)

    assert student.f() == 1


# What the host believes


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ("['ok', 99, [], None, []]", "the answer is to another question"),
        ("[]", "an answer is empty"),
        ("[['ok'], 2]", "the answer is to another question"),
        ("['broken', 2, 'x']", "x"),
        ("['broken', 2]", ""),
        ("['ok', 2, [], None]", "no answer"),
        ("['ok', 2, [], ['@', 7], []]", "a frame names thing 7 of 1"),
        ("['ok', 2, [], ['dt', 'load'], []]", "a frame holds a value of an unknown kind: ['dt']"),
        ("['ok', 2, [['t', 0, 0, False, True, False, None, 'cpu']], ['@', 1], []]",
         "a thing names block 0 of 0"),
    ],
)  # fmt: skip
def test_a_forged_answer_is_a_breach(
    lie: str, said: str, sandboxed: Sandboxed, began: Began
) -> None:
    """An answer that breaks the protocol is the submission's own fault, in a sentence."""
    sandbox = sandboxed(f"""
from grader.sandbox.child import service
def f(): service.Service.answer = lambda *_: ({lie}, [])
def g(): return 1
""")
    student = began(sandbox)
    # The answer of this call is already computed by the old method; the next one lies.
    student.f()

    with pytest.raises(StudentError) as caught:
        student.g()

    assert caught.value.outcome is Outcome.FORBIDDEN
    assert str(caught.value) == BREACH + said


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("(b'GRW1', 1 << 31, 0)", "2147483648 header bytes; the cap is 16777216"),
        ("(b'GRW1', 9, 1 << 50)", f"{1 << 50} payload bytes; the cap is {2 << 30}"),
    ],
)  # fmt: skip
def test_an_announcement_costs_no_memory(
    prefix: str, said: str, sandboxed: Sandboxed, began: Began
) -> None:
    """A frame that announces more than the caps is refused before anything is allocated."""
    student = began(
        sandboxed(f"""
import os, stat, struct
def f():
    for n in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(n).st_mode): os.write(n, struct.pack("<4sIQ", *{prefix}))
        except OSError: pass
""")
    )

    with pytest.raises(Ended, match=f"^{BREACH}a frame announces {said}$"):
        student.f()


# Children


def test_one_child_serves_all_checks_of_a_submission(sandboxed: Sandboxed, began: Began) -> None:
    """A submission that behaves has one process, and another submission another."""
    source = "import os\ndef who(): return os.getpid()"
    first, second = sandboxed(source), sandboxed(source)

    assert began(first, 1).who() == began(first, 2).who()
    assert began(first, 3).who() != began(second).who()


def test_a_closed_sandbox_gives_the_next_check_a_child_of_its_own(
    sandboxed: Sandboxed, began: Began
) -> None:
    """`isolation: check` closes after each check; the process has gone with all it held."""
    sandbox = sandboxed("import os\ndef who(): return os.getpid()")
    first = began(sandbox).who()
    sandbox.close()

    assert not is_running(first)
    assert began(sandbox).who() != first


def test_the_confinement_that_stands_is_told(sandboxed: Sandboxed, began: Began) -> None:
    """A sandbox knows which walls its child proved."""
    strong, none = sandboxed("x = 1"), sandboxed("x = 1", confine="none")
    began(strong)
    began(none)

    assert "rlimits" in strong.confinement
    assert none.confinement == "not confined, rlimits"


def test_walls_that_cannot_be_built_are_no_verdict(sandboxed: Sandboxed, began: Began) -> None:
    """A child without its walls gets no source, and the host an error of the grader's."""
    sandbox = sandboxed("x = 1", confine="granite")

    with pytest.raises(ConfinementError, match="confinement mode is 'granite'"):
        began(sandbox)


def test_no_descriptor_is_left_behind(zygote: Zygote, sandboxed: Sandboxed, began: Began) -> None:
    """Children that end well, die or are killed leave no descriptor in the host."""
    source = "import os\ndef f(): os._exit(0)\ndef g(): return 1"
    before = descriptors()
    for turn in range(60):
        sandbox = sandboxed(source)
        if turn % 3:
            student = began(sandbox)
            if turn % 3 == 1:
                student.g()
            else:
                with pytest.raises(Ended):
                    student.f()
            sandbox.close()
        else:
            # Killed while it still builds its walls.
            Child(zygote, Terms(Limits())).end()

    assert descriptors() == before


def test_a_launcher_that_fails_leaves_no_descriptor() -> None:
    """Where no child can be started, what was opened for it is closed."""
    control, theirs = socket.socketpair()
    theirs.close()
    gone = Zygote(control, None)
    before = descriptors()

    for _ in range(3):
        with pytest.raises(SandboxError, match=r"^the zygote does not take orders: "):
            Child(gone, Terms(Limits()))

    assert descriptors() == before
    gone.close()


def test_ending_twice_is_ending_once(zygote: Zygote) -> None:
    """A child that was ended can be ended again: nothing happens."""
    child = Child(zygote, Terms(Limits()))
    child.ready()

    assert child.end() == 0
    assert child.end() == 0
    assert wait_until_gone(child.process)
