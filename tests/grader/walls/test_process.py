"""What a child inherits, who it is, and what it may use up."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox.walls import process

Behind = Callable[..., list[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can choose a child's user")


def test_a_memory_bomb_ends_in_memory_error(behind: Behind) -> None:
    """Memory beyond the allowance is a MemoryError; within it, it is there."""
    lines = behind(
        """
        within = bytearray(16 << 20)
        try:
            bytearray(96 << 20)
        except MemoryError:
            print("MemoryError")
        """,
        memory_bytes=64 << 20,
    )

    assert lines == ["MemoryError"]


def test_a_file_cannot_outgrow_its_limit(behind: Behind, scratch: str) -> None:
    """Neither writing nor truncating makes a file larger than the limit."""
    lines = behind(
        """
        file = open("a", "wb", buffering=0)
        attempt("write", lambda: [file.write(bytes(1 << 19)) for _ in range(3)])
        attempt("sparse", os.truncate, "a", 1 << 40)
        """,
        scratch=scratch,
        file_bytes=1 << 20,
    )

    assert lines == ["write EFBIG", "sparse EFBIG"]


def test_descriptors_are_counted(behind: Behind) -> None:
    """No more descriptors than the plan allows."""
    lines = behind("attempt('dup', lambda: [os.dup(1) for _ in range(33)])", open_files=32)

    assert lines == ["dup EMFILE"]


@needs_root
def test_threads_are_counted(behind: Behind) -> None:
    """A child of its own user has as many threads as the plan allows, the first included."""
    lines = behind(
        """
        import threading
        stop, started = threading.Event(), []
        try:
            while len(started) < 100:
                thread = threading.Thread(target=stop.wait)
                thread.start()
                started.append(thread)
        except RuntimeError:
            print(len(started))
        stop.set()
        """,
        tasks=12,
    )

    assert lines == ["11"]


def test_raising_a_limit_is_refused(behind: Behind) -> None:
    """A limit that was set stays; it can only be lowered."""
    lines = behind("""
        import resource
        for limit in resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE:
            soft, hard = resource.getrlimit(limit)
            try:
                resource.setrlimit(limit, (hard + 1, hard + 1))
            except ValueError as error:
                print(error)
        print(resource.getrlimit(resource.RLIMIT_CORE))
    """)

    assert lines == ["not allowed to raise maximum limit"] * 3 + ["(0, 0)"]


def test_a_child_dies_with_its_parent(run: Run) -> None:
    """When the process that started a child ends, the child ends, long before its own end."""
    began = time.monotonic()
    # The pipe to this test closes when its last holder, the child, has ended.
    ended = run(
        "os.write(50, b'x'); import time; time.sleep(30)",
        before="""
            reading, writing = os.pipe()
            os.dup2(writing, 50)
            if os.fork():
                sys.exit(os.read(reading, 1) != b"x")
        """,
        keep=[50],
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert time.monotonic() - began < 25


def test_a_child_without_its_parent_is_not_started(run: Run) -> None:
    """A child whose parent is not the expected one refuses to go on, and says so."""
    ended = run("print('possible')", parent=1)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"the parent of this child is process {os.getpid()}, not 1: the process that started it "
        "has ended. Start the grader again.\n"
    )


def test_a_child_leads_its_own_session(behind: Behind) -> None:
    """The child is in no group or session of the grader, and its files are its own."""
    lines = behind("print(os.getsid(0) == os.getpgid(0) == os.getpid(), oct(os.umask(0)))")

    assert lines == ["True 0o77"]


def test_inherited_descriptors_are_closed(behind: Behind) -> None:
    """A file, a folder and a socket that were open are closed; standard input is empty."""
    lines = behind(
        """
        for number in 40, 41, 42, 43:
            attempt(number, os.fstat, number)
        print(os.read(0, 10))
        """,
        before="""
            os.dup2(os.open("/etc/passwd", os.O_RDONLY), 40)
            os.dup2(os.open("/", os.O_RDONLY), 41)
            opened = socket.socket()
            os.dup2(opened.fileno(), 42)
            os.dup2(os.pipe()[0], 43)
        """,
        keep=[43],
    )

    assert lines == ["40 EBADF", "41 EBADF", "42 EBADF", "43 possible", "b''"]


def test_a_datagram_socket_is_not_kept(run: Run) -> None:
    """Walls are not built around a descriptor that would lead out of them."""
    socketpair = "pair = socket.socketpair(type=socket.SOCK_DGRAM); os.dup2(pair[0].fileno(), 40)"
    folder = "os.dup2(os.open('/', os.O_RDONLY), 40)"
    ends = [run("", before=before, keep=[40]) for before in (socketpair, folder)]

    assert [end.stderr for end in ends] == [
        f"descriptor 40 should stay open in the child and is {kind}, which reaches beyond the "
        "walls; keep pipes and stream sockets only.\n"
        for kind in ("a datagram socket", "a folder")
    ]


def test_signal_handlers_are_forgotten(behind: Behind) -> None:
    """The grader's handlers and mask are gone; a full pipe stays an OSError."""
    lines = behind(
        """
        print(signal.getsignal(signal.SIGTERM).name, signal.getsignal(signal.SIGPIPE).name)
        print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        """,
        before="""
            import signal
            signal.signal(signal.SIGTERM, lambda *_: print("the grader's"))
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        """,
    )

    assert lines == ["SIG_DFL SIG_IGN", "set()"]


def test_the_environment_is_scrubbed(behind: Behind, scratch: str) -> None:
    """A key of the grader is in neither copy of the environment; homes are in the scratch."""
    lines = behind(
        """
        import ctypes
        print("SECRET" in os.environ, ctypes.CDLL(None).getenv(b"SECRET"))
        print(sorted({value for value in os.environ.values()}))
        """,
        scratch=scratch,
    )

    assert lines == [
        "False 0",
        str(sorted([scratch, "student", "/usr/bin:/bin", "C.UTF-8", "1"])),
    ]


@needs_root
def test_a_child_of_root_is_its_own_user(behind: Behind, scratch: str) -> None:
    """A grader that is root gives each child a number nobody has, and the scratch with it."""
    lines = behind(
        "print(*os.getresuid(), *os.getresgid(), os.getgroups(), os.stat('.').st_uid)",
        scratch=scratch,
    )

    user = os.stat(scratch).st_uid
    assert 60578 <= user < 60578 + 606
    assert lines == [" ".join([str(user)] * 6 + ["[]", str(user)])]


@needs_root
def test_becoming_root_is_refused(behind: Behind) -> None:
    """The child cannot become root, by the C library or with the filter left out."""
    attack = "attempt('root', os.setuid, 0); attempt('group', os.setgid, 0)"

    assert behind(attack) == ["root EPERM", "group EPERM"]
    assert behind(attack, without=("seccomp",), readable=["/usr/lib"])[-2:] in (
        ["root EPERM", "group EPERM"],
        ["root possible", "group possible"],
    )


def test_no_capability_is_left(behind: Behind) -> None:
    """No privilege is in effect but, for root's interpreter, of reading within Landlock."""
    lines = behind("""
        allowed = kernel.CAP_DAC_READ_SEARCH if "only-reading" in standing else 0
        print(kernel.capabilities() & ~allowed)
    """)

    assert lines == ["0"]


@needs_root
def test_root_that_cannot_read_for_others_stays_root_without_privileges(behind: Behind) -> None:
    """In a container that lacks the privilege of reading, root's own interpreter still works."""
    lines = behind(
        """
        import textwrap
        print(os.getuid(), kernel.capabilities(), *standing[5:6])
        attempt("raise", os.setgid, 5)
        """,
        before="kernel.keep_capabilities(kernel.CAP_SETUID | kernel.CAP_SETGID)",
    )

    assert lines == ["0 0 no-capabilities", "raise EPERM"]


def test_what_is_tried_apart_survives_a_kill(tmp_path: Path) -> None:
    """Somebody who kills the process that tries says nothing about the machine: it tries again."""
    path = tmp_path / "tried"

    def attempt() -> str:
        if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return "possible"

    assert process.try_apart(attempt) == "possible"


def test_what_is_killed_each_time_is_refused() -> None:
    """A machine on which the attempt always dies cannot do it."""
    with pytest.raises(OSError, match=r"the process that tried it was killed$"):
        process.try_apart(lambda: os.kill(os.getpid(), signal.SIGKILL))
