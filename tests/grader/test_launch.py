"""Launchers: a zygote that forks, and fresh interpreters that answer the same."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from grader.errors import SandboxError
from grader.records import Limits
from grader.sandbox import launch
from grader.sandbox.host import Child, Ended, Sandbox, Terms
from grader.sandbox.launch import Interpreters, Zygote
from grader.sandbox.proxy import Student

Sandboxed = Callable[..., Sandbox]
Began = Callable[..., Student]

SOURCE = """
import os, torch
torch.manual_seed(4)
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)
    def forward(self, x): return torch.tanh(self.layer(x))
def make(): return Net()
def fail(): raise ValueError("no")
def who(): return os.getpid()
def hang():
    while True: pass
"""


@pytest.fixture
def interpreters() -> Iterator[Interpreters]:
    """Fresh interpreters, ended after the test."""
    launcher = Interpreters()
    yield launcher
    launcher.close()


def answers(student: Student) -> list[object]:
    """Ask for values, gradients and an exception."""
    model, x = student.make(), torch.ones(4, 3)
    out = model(x)
    out.sum().backward()
    with pytest.raises(ValueError, match="no") as caught:
        student.fail()
    return [out.tolist(), model.layer.weight.grad.tolist(), str(caught.value)]


def test_an_interpreter_answers_as_a_fork_does(
    interpreters: Interpreters, sandboxed: Sandboxed, began: Began
) -> None:
    """Without fork the same program gives the same answers, behind the same walls of its own."""
    forked, fresh = sandboxed(SOURCE), sandboxed(SOURCE, on=interpreters, time_s=0.3)
    student = began(fresh, 5)
    number = student.who()

    assert answers(student) == answers(began(forked, 5))
    # Only who forks a child can make its group.
    assert fresh.confinement == forked.confinement.replace("cgroup, ", "")
    with pytest.raises(Ended, match=r"^stopped after 0\.3 s of computing"):
        student.hang()
    assert not Path(f"/proc/{number}").exists()


def test_closing_ends_the_interpreters_that_are_left() -> None:
    """A launcher that is closed leaves no process, not even one that is still starting."""
    launcher = Interpreters()
    child = Child(launcher, Terms(Limits()))

    launcher.close()

    assert not Path(f"/proc/{child.process}").exists()
    os.close(child._output)
    child._channel.close()


def test_the_status_of_a_child_is_that_of_waitpid(zygote: Zygote) -> None:
    """A child that leaves has its exit code, one that is killed its signal."""
    child, hanging = (Child(zygote, Terms(Limits())) for _ in range(2))
    child.ready()
    hanging.ready()
    os.kill(hanging.process, signal.SIGSTOP)

    assert os.waitstatus_to_exitcode(child.end()) == 0
    assert os.waitstatus_to_exitcode(hanging.end()) == -signal.SIGKILL


def test_a_dead_zygote_is_no_verdict(zygote: Zygote, sandboxed: Sandboxed, began: Began) -> None:
    """Whatever is asked of a zygote that has gone ends in an error of ours, in words."""
    dead = Zygote.launch()
    process = dead._process
    assert process is not None
    process.kill()
    process.wait()

    with pytest.raises(SandboxError, match=r"^the zygote "):
        began(sandboxed(SOURCE, on=dead))

    dead.close()
    assert isinstance(began(sandboxed(SOURCE, on=zygote)).who(), int)


def test_closing_after_the_zygote_died(sandboxed: Sandboxed, began: Began) -> None:
    """A zygote that dies after the last answer takes nothing back: closing says nothing."""
    dying = Zygote.launch()
    process = dying._process
    assert process is not None
    sandbox = sandboxed(SOURCE, on=dying)
    answered = began(sandbox).who()
    process.kill()
    process.wait()
    sandbox.close()

    assert isinstance(answered, int)
    dying.close()


def test_linux_has_a_zygote_that_ends_when_it_is_closed() -> None:
    """On Linux children are forked; of what forks them no process and no descriptor is left."""
    before = len(os.listdir("/proc/self/fd"))
    launcher = launch.launcher()
    assert isinstance(launcher, Zygote)
    process = launcher._process
    assert process is not None

    # While it still imports torch: its end is waited for.
    launcher.close()

    assert process.returncode == 0
    assert len(os.listdir("/proc/self/fd")) == before
