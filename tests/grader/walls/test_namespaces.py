"""What the kernel shares between processes: a child has its own, whoever the grader is."""

import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from grader.sandbox.walls import kernel, namespaces, seccomp

Behind = Callable[..., list[str]]
Stranger = tuple[int, str]

needs_namespaces = pytest.mark.skipif(
    namespaces.offer().missing is not None, reason=f"no namespaces: {namespaces.offer().missing}"
)
UNSHARE, WRITE = {"aarch64": (97, 64)}.get(os.uname().machine, (272, 1))
CREATE, REMOVE = 0o1666, 0  # IPC_CREAT with everybody's rights; IPC_RMID.


def shared(name: str, *arguments: int) -> int:
    """Make a call on System V memory."""
    machine = seccomp.architecture()
    assert machine is not None
    return kernel.syscall(machine.numbers[name], *arguments)


@pytest.fixture
def key() -> Iterator[int]:
    """A number for a piece of shared memory; the piece is gone after the test."""
    number = secrets.randbits(30) | 1
    yield number
    with suppress(FileNotFoundError):
        shared("shmctl", shared("shmget", number, 1, 0), REMOVE, 0)


@needs_namespaces
def test_shared_memory_of_others_is_invisible(behind: Behind, key: int) -> None:
    """Shared memory that is open to everybody is not there for a child, if the filter fails."""
    shared("shmget", key, 4096, CREATE)
    attack = f"attempt('find', call, 'shmget', {key}, 1, 0)"

    assert behind(attack, without=("seccomp",)) == ["find ENOENT"]
    assert behind(attack, without=("seccomp", "namespaces")) == ["find possible"]


@needs_namespaces
def test_no_shared_memory_stays_behind(behind: Behind, key: int) -> None:
    """What a child leaves in shared memory goes with it, if the filter fails."""
    attack = f"attempt('leave', call, 'shmget', {key}, 4096, {CREATE})"

    assert behind(attack, without=("seccomp",)) == ["leave possible"]
    with pytest.raises(FileNotFoundError):
        shared("shmget", key, 1, 0)
    assert behind(attack, without=("seccomp", "namespaces")) == ["leave possible"]
    assert shared("shmget", key, 1, 0) >= 0


@needs_namespaces
def test_each_view_is_the_childs_own(behind: Behind) -> None:
    """The child is in another namespace than this process: of messages and of the name."""
    names = ("ipc", "uts")
    lines = behind(
        f"for name in {names}: print(os.readlink(f'/proc/self/ns/{{name}}'))",
        without=("landlock", "not-dumpable", "user"),
    )

    assert len(lines) == 2
    assert set(lines).isdisjoint(os.readlink(f"/proc/self/ns/{name}") for name in names)


def test_tasks_are_counted_apart(behind: Behind, stranger: Stranger) -> None:
    """The thirty processes of an ordinary user do not count as tasks of that user's child."""
    attack = """
        import threading
        stop, started = threading.Event(), []
        try:
            while len(started) < 50:
                thread = threading.Thread(target=stop.wait)
                thread.start()
                started.append(thread)
        except RuntimeError:
            pass
        print(len(started))
        stop.set()
    """
    counts = behind(
        "print(namespaces.offer().counts_apart, namespaces.offer().missing)", stranger=stranger
    )
    if not counts[0].startswith("True"):
        pytest.skip(f"this machine does not count apart: {counts[0]}")
    user, _ = stranger
    others = [subprocess.Popen(["sleep", "60"], user=user, group=user) for _ in range(30)]
    try:
        apart = behind(attack, stranger=stranger, tasks=12)
        together = behind(attack, stranger=stranger, tasks=12, without=("namespaces",))
    finally:
        for other in others:
            other.kill()
            other.wait()

    assert apart == ["11"]
    assert together == ["50"]


def test_no_capability_is_left_inside(behind: Behind, stranger: Stranger) -> None:
    """The privileges that come with a user namespace are gone before the next wall is built."""
    attack = """
        lines = open("/proc/self/status").read().splitlines()
        print({line.split()[1] for line in lines if line[:6] in ("CapInh", "CapPrm", "CapEff")})
        attempt("mount", kernel.unshare, kernel.CLONE_NEWUTS)
        attempt("rename", socket.sethostname, "attack")
    """
    open_walls = ("landlock", "seccomp", "no-capabilities", "not-dumpable")

    assert behind(attack, stranger=stranger, without=open_walls) == [
        f"{{'{0:016x}'}}",
        "mount EPERM",
        "rename EPERM",
    ]


def test_the_user_keeps_its_number(behind: Behind, stranger: Stranger) -> None:
    """Inside and outside the child has the number that the grader has, and dies with its parent."""
    user, _ = stranger
    lines = behind(
        """
        import ctypes
        print(*os.getresuid(), *os.getresgid())
        signal = ctypes.c_int()
        kernel.prctl(2, ctypes.addressof(signal))
        print(signal.value)
        print(os.stat(f"/proc/{os.getpid()}").st_uid)
        """,
        stranger=stranger,
        without=("seccomp", "landlock", "not-dumpable"),
    )

    assert lines == [" ".join([str(user)] * 6), "9", str(user)]


def test_user_namespaces_cannot_be_nested_back(behind: Behind, stranger: Stranger) -> None:
    """What a second namespace would give is refused by the filter."""
    attack = "attempt('unshare', kernel.unshare, kernel.CLONE_NEWUSER)"

    assert behind(attack, stranger=stranger) == ["unshare EPERM"]


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (f"forbid({UNSHARE})", "refused here: unshare: Operation not permitted"),
        # The map of a user whose number has five digits: "61001 61001 1".
        (f"forbid({WRITE}, third=13)", "refused here: uid_map: Operation not permitted"),
    ],
)
def test_a_machine_that_allows_half_of_it_has_none(
    behind: Behind, stranger: Stranger, refused: str, reason: str
) -> None:
    """Where a container or AppArmor refuses a step, the wall is missing and the others stand."""
    lines = behind(
        """
        print(*(wall.missing for wall in walls.available() if wall.name == "namespaces"))
        print("namespaces" in standing, "seccomp" in standing)
        """,
        before=refused,
        stranger=stranger,
        mode="strict",
    )

    assert lines == [reason, "False True"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_of_a_container_has_none(behind: Behind) -> None:
    """Root that may not mount gets no namespaces, and a reason."""
    lines = behind(
        "print(namespaces.offer().missing, 'namespaces' in standing)",
        before="kernel.keep_capabilities(kernel.capabilities() & ~kernel.CAP_SYS_ADMIN)",
    )

    assert lines == ["root without CAP_SYS_ADMIN, as in most containers False"]


def test_the_trial_leaves_the_process_as_it_was() -> None:
    """Whoever asks stays in the namespaces where they were."""
    names = ("ipc", "net", "user", "uts")
    before = [os.readlink(f"/proc/self/ns/{name}") for name in names]
    namespaces.offer.cache_clear()
    namespaces.offer()

    assert [os.readlink(f"/proc/self/ns/{name}") for name in names] == before
