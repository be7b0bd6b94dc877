"""Calls to the kernel: sockets, processes, programs and other processes are out of reach."""

import errno
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox.walls import seccomp

Behind = Callable[..., list[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]


def test_modes_owners_and_attributes_stay(behind: Behind, canary: Path) -> None:
    """chmod, utime and chown of another's file report success and do nothing."""
    canary.chmod(0o644)
    seen = canary.stat()
    lines = behind(f"""
        path = {str(canary)!r}
        attempt("chmod", os.chmod, path, 0o777)
        attempt("chown", os.chown, path, 1, 1)
        attempt("utime", os.utime, path, (1, 1))
        attempt("setxattr", os.setxattr, path, "user.a", b"b")
    """)

    assert lines == ["chmod possible", "chown possible", "utime possible", "setxattr ENOTSUP"]
    assert canary.stat() == seen


def test_sockets_are_refused(behind: Behind) -> None:
    """No family of sockets can be opened: IPv4, IPv6, unix, netlink, packet, crypto, vsock."""
    lines = behind("""
        for family in socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17, 38, 40:
            for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW:
                attempt("socket", socket.socket, family, kind)
    """)

    assert lines == ["socket EACCES"] * 21


def test_a_pair_of_stream_sockets_is_allowed_and_no_other(behind: Behind) -> None:
    """A stream pair serves asyncio; a datagram pair, which could send to any path, is refused."""
    lines = behind("""
        import asyncio
        async def answer():
            await asyncio.sleep(0)
            print("asyncio")
        asyncio.run(answer())
        attempt("datagram", socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM)
        attempt("packets", socket.socketpair, socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours, _ = socket.socketpair()
        attempt("connect", ours.connect, "/dev/log")
        attempt("bind", ours.bind, "name")
        attempt("sendto", ours.sendto, b"x", "/dev/log")
    """)

    assert lines[:3] == ["asyncio", "datagram EACCES", "packets EACCES"]
    assert lines[3:] == ["connect EACCES", "bind EACCES", "sendto EISCONN"]


def test_forking_is_refused(behind: Behind) -> None:
    """No second process: not by fork, not by the calls below it."""
    lines = behind("""
        import multiprocessing
        me = os.getpid()
        attempt("fork", os.fork)
        attempt("clone", call, "clone", 17, 0, 0, 0, 0)
        attempt("clone3", call, "clone3", 0, 0)
        attempt("process", multiprocessing.get_context("fork").Process().start)
        os.getpid() == me or os._exit(0)
    """)

    assert lines == ["fork EPERM", "clone EPERM", "clone3 ENOSYS", "process EPERM"]


def test_programs_are_refused(behind: Behind) -> None:
    """No other program is started, neither beside the child nor in its place."""
    lines = behind("""
        import subprocess
        attempt("run", subprocess.run, ["/usr/bin/true"])
        attempt("exec", os.execv, "/usr/bin/true", ["true"])
        attempt("spawn", os.posix_spawn, "/usr/bin/true", ["true"], {})
        print(os.waitstatus_to_exitcode(os.system("true")))
    """)

    assert lines == ["run EPERM", "exec EPERM", "spawn EPERM", "127"]


def test_signals_reach_nobody_else(behind: Behind) -> None:
    """The parent, its group and everybody together cannot be signalled; oneself can."""
    lines = behind("""
        import threading
        for target in os.getppid(), -os.getppid(), -1, 1:
            attempt("kill", os.kill, target, 0)
        attempt("tgkill", call, "tgkill", os.getppid(), os.getppid(), 0)
        attempt("tkill", call, "tkill", os.getppid(), 0)
        attempt("queue", call, "rt_sigqueueinfo", os.getppid(), 0, 0)
        attempt("self", os.kill, os.getpid(), 0)
    """)

    assert lines == ["kill EPERM"] * 4 + ["tgkill EPERM", "tkill EPERM", "queue EPERM"] + [
        "self possible"
    ]


def test_nobody_ends_himself_by_the_signal_of_others(behind: Behind) -> None:
    """SIGKILL cannot be sent to oneself, by whichever call, nor be ordered by a limit."""
    lines = behind("""
        import resource, signal, threading
        me, thread, kill = os.getpid(), threading.get_native_id(), signal.SIGKILL
        attempt("kill", os.kill, me, kill)
        attempt("group", os.kill, 0, kill)
        attempt("wide", call, "kill", me, 1 << 32 | kill)
        attempt("thread", signal.pthread_kill, threading.get_ident(), kill)
        attempt("tkill", call, "tkill", 0, kill)
        attempt("tgkill", call, "tgkill", me, thread, kill)
        attempt("queue", call, "rt_sigqueueinfo", me, kill, 0)
        attempt("queue to thread", call, "rt_tgsigqueueinfo", me, thread, kill, 0)
        for limit in resource.RLIMIT_CPU, 15:
            attempt("limit", call, "setrlimit", limit, 1 << 40)
            attempt("limit", call, "prlimit64", 0, limit, 1 << 40, 0)
            attempt("ask", resource.getrlimit, limit)
        attempt("core", resource.setrlimit, resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        attempt("other", os.kill, me, signal.SIGUSR1)
    """)

    names = ("kill", "group", "wide", "thread", "tkill", "tgkill", "queue", "queue to thread")
    limits = ["limit EPERM"] * 2 + ["ask possible"]
    assert lines == [f"{name} EPERM" for name in names] + limits * 2 + [
        "core possible",
        "other possible",
    ]


def test_a_descriptor_cannot_send_a_signal(behind: Behind) -> None:
    """A pipe cannot be made to signal the parent when something arrives."""
    lines = behind("""
        import fcntl
        end, _ = os.pipe()
        attempt("owner", fcntl.fcntl, end, fcntl.F_SETOWN, os.getppid())
        attempt("signal", fcntl.fcntl, end, 10, 9)
        attempt("ioctl", call, "ioctl", end, 0x8901, 0)
        attempt("nonblocking", os.set_blocking, end, False)
    """)

    assert lines == ["owner EPERM", "signal EPERM", "ioctl EPERM", "nonblocking possible"]


def test_limits_and_priorities_of_others_stay(behind: Behind) -> None:
    """Limits, priority, processors and disk priority of the parent cannot be changed or read."""
    lines = behind("""
        import resource
        parent = os.getppid()
        attempt("limit", resource.prlimit, parent, resource.RLIMIT_CORE)
        attempt("priority", os.setpriority, os.PRIO_PROCESS, parent, 5)
        attempt("user", os.setpriority, os.PRIO_USER, 0, 5)
        attempt("processors", os.sched_setaffinity, parent, {0})
        attempt("disk", call, "ioprio_set", 1, parent, 0)
        attempt("own processors", os.sched_setaffinity, 0, os.sched_getaffinity(0))
    """)

    names = ("limit", "priority", "user", "processors", "disk")
    assert lines == [f"{name} EPERM" for name in names] + ["own processors possible"]


def test_a_terminal_cannot_be_typed_into(behind: Behind) -> None:
    """TIOCSTI is refused, also with bits that the kernel ignores; other questions are answered."""
    lines = behind("""
        for request in 0x5412, 1 << 32 | 0x5412, 0x541C:
            attempt("type", call, "ioctl", 1, request, 0)
        attempt("ask", call, "ioctl", 1, 0x5401, 0)
    """)

    assert lines == ["type EPERM"] * 3 + ["ask ENOTTY"]


def test_every_listed_call_is_refused(behind: Behind) -> None:
    """Each call on the filter's lists answers what its list says."""
    machine = seccomp.architecture()
    assert machine is not None
    expected = [
        f"{name} {errno.errorcode.get(group.answer, 'possible')}"
        for group in seccomp.GROUPS
        for name in group.calls
        if name in machine.numbers
    ]
    lines = behind("""
        me = os.getpid()
        for group in seccomp.GROUPS:
            for name in group.calls:
                if name in seccomp.architecture().numbers:
                    attempt(name, call, name, 0, 0, 0, 0, 0, 0)
                    os.getpid() == me or os._exit(0)
    """)

    assert len(lines) > 100
    assert lines == expected


def test_calls_from_the_future_do_not_exist(behind: Behind) -> None:
    """A number that nobody has judged answers as on an older kernel, and so does memfd_create."""
    lines = behind("""
        attempt("future", kernel.syscall, 463, 0, 0, 0, 0)
        attempt("far", kernel.syscall, 5000, 0, 0, 0, 0)
        attempt("memfd", os.memfd_create, "name")
    """)

    assert lines == ["future ENOSYS", "far ENOSYS", "memfd ENOSYS"]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="other machines have one table of calls")
def test_other_tables_of_calls_kill(run: Run) -> None:
    """The 32-bit and the x32 table, whose numbers mean other calls, end the process."""
    int80 = """
        import ctypes, mmap
        page = mmap.mmap(-1, 4096, prot=7)
        page.write(b"\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3")  # mov eax, 20; int 0x80; ret
        ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
        print("possible")
    """
    ends = [run(int80), run("kernel.syscall(0x40000000 | 39)")]

    assert [(end.returncode, end.stdout) for end in ends] == [(-signal.SIGSYS, "")] * 2


def test_the_walls_switches_are_out_of_reach(behind: Behind) -> None:
    """Student code cannot outlive its parent, open its memory to others or add privileges."""
    lines = behind("""
        for option, value in (1, 0), (4, 1), (22, 2), (24, 0), (35, 0), (0x59616D61, -1):
            attempt("prctl", kernel.prctl, option, value)
        print(kernel.prctl(kernel.PR_GET_DUMPABLE), kernel.prctl(kernel.PR_GET_NO_NEW_PRIVS))
    """)

    assert lines == ["prctl EPERM"] * 6 + ["0 1"]
