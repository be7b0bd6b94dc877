"""What a process inherits and what it may use up: its session, descriptors, names and limits.

None of this is a wall against reading or writing, and all of it works on every Unix: it is what
keeps one child's end, appetite or environment from being somebody else's.
"""

# The public function makes an enum of every answer, which is most of what it costs.
import _signal  # type: ignore[import-not-found]
import errno
import os
import resource
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Callable, Sequence

from grader.errors import ConfinementError
from grader.sandbox.walls import kernel

# Python starts with these ignored; by default a full pipe or file would kill without a word.
_IGNORED = (signal.SIGPIPE, signal.SIGXFSZ)
# The classic signals that can be handled at all; nobody has set a real-time one.
_HANDLED = sorted(set(range(1, 32)) - {signal.SIGKILL, signal.SIGSTOP})
# Settings that the zygote may have made, for the determinism of every child.
_INHERITED = ("PYTHONHASHSEED", "CUBLAS_WORKSPACE_CONFIG", "CUDA_VISIBLE_DEVICES")
# Bytes; enough for a library that keeps a key out of the swap, too little to starve the machine.
_LOCKED_BYTES = 64 * 1024
# A process that somebody kills says nothing about the machine, and what is learnt is kept for long.
_TRIES = 3


def die_with_parent(parent: int | None) -> None:
    """Have the kernel kill this process when its parent ends.

    Stops: a child that outlives a grader which was interrupted.
    Tried by: test_a_child_dies_with_its_parent.

    Args:
        parent: who the parent must be; None is not compared.

    Raises:
        ConfinementError: the parent has ended already, so the kernel will send nothing.
    """
    if kernel.IS_LINUX:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        raise ConfinementError(
            f"the parent of this child is process {os.getppid()}, not {parent}: the process that "
            "started it has ended. Start the grader again."
        )


def start_session() -> None:
    """Leave the terminal and the group of the grader.

    Stops: signals to the group, Control-C meant for the grader, typing into its terminal.
    Tried by: test_a_child_leads_its_own_session.
    """
    if os.getsid(0) != os.getpid():
        os.setsid()
    os.umask(0o077)


def close_descriptors(keep: Sequence[int]) -> None:
    """Close everything that was inherited but 0, 1, 2 and `keep`; read nothing from 0.

    Stops: reading or writing through a file that the grader had open.
    Tried by: test_inherited_descriptors_are_closed, test_a_datagram_socket_is_not_kept.

    Raises:
        ConfinementError: a descriptor that should stay is a folder, or a datagram socket.
    """
    for descriptor in keep:
        _check_kept(descriptor)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0, inheritable=False)
    kept = {0, 1, 2, *keep}
    for name in os.listdir("/proc/self/fd" if kernel.IS_LINUX else "/dev/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError:
                # The listing's own descriptor, which has gone with it.
                continue


def _check_kept(descriptor: int) -> None:
    """Refuse what would be a way out: a datagram socket can send to any socket with a path."""
    mode = os.fstat(descriptor).st_mode
    kind = "a folder" if stat.S_ISDIR(mode) else ""
    if stat.S_ISSOCK(mode):
        with socket.socket(fileno=os.dup(descriptor)) as end:
            kind = "a datagram socket" if end.type == socket.SOCK_DGRAM else ""
    if kind:
        raise ConfinementError(
            f"descriptor {descriptor} should stay open in the child and is {kind}, which reaches "
            "beyond the walls; keep pipes and stream sockets only."
        )


def reset_signals() -> None:
    """Forget the grader's signal handlers; a full pipe or file stays an OSError."""
    signal.set_wakeup_fd(-1)
    for number in _HANDLED:
        _signal.signal(number, _signal.SIG_IGN if number in _IGNORED else _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())


def scrub_environment(scratch: str | None) -> None:
    """Replace the environment by a small one; caches, homes and temporary files in the scratch.

    Stops: reading keys, tokens and paths of the grader's environment.
    Tried by: test_the_environment_is_scrubbed.

    The C library's copy changes with os.environ. The block that the program was started with
    stays in memory: the process that forks children must be started with a clean one.
    """
    home = scratch or "/nonexistent"
    wanted = {name: os.environ[name] for name in _INHERITED if name in os.environ} | {
        "HOME": home,
        "TMPDIR": home,
        "XDG_CACHE_HOME": home,
        "XDG_CONFIG_HOME": home,
        "TORCH_HOME": home,
        # torch makes this folder when it imports its compiler, which torch.func does as well; one
        # that exists it does not make.
        "TORCHINDUCTOR_CACHE_DIR": scratch or "/",
        "TRITON_CACHE_DIR": home,
        "USER": "student",
        "LOGNAME": "student",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    # Whoever forks this process may have done most of it.
    for name, value in wanted.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
    sys.dont_write_bytecode = True
    # It may have been asked before the fork, and then remembers the grader's folder.
    tempfile.tempdir = scratch
    os.chdir(scratch or "/")


def set_limits(
    *,
    memory_bytes: int | None,
    open_files: int,
    file_bytes: int,
    tasks: int,
    is_counted_apart: bool,
) -> None:
    """Bound what the process can use up; without privileges no limit can be raised again.

    Stops: memory bombs, huge files, descriptors and threads without end, core dumps.
    Tried by: test_a_memory_bomb_ends_in_memory_error, test_a_file_cannot_outgrow_its_limit,
    test_descriptors_are_counted, test_threads_are_counted, test_raising_a_limit_is_refused.

    The kernel counts tasks per user and user namespace, and not at all for root. A user who has
    other processes that count too is allowed as many tasks as the machine has now, and `tasks`
    more: a bound against a bomb that does not depend on the neighbours. Where nothing is counted,
    the group or the address space bounds them.
    """
    limits = {
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CORE: 0,
    }
    if kernel.IS_LINUX:
        limits[resource.RLIMIT_NPROC] = tasks if is_counted_apart else tasks + _tasks_of_machine()
        limits[resource.RLIMIT_MSGQUEUE] = 0
        limits[resource.RLIMIT_RTPRIO] = 0
        if memory_bytes is not None:
            limits[resource.RLIMIT_AS] = own_size_bytes()[0] + memory_bytes
            limits[resource.RLIMIT_MEMLOCK] = _LOCKED_BYTES
    for number, wanted in limits.items():
        _, hard = resource.getrlimit(number)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(number, (value, value))


def try_apart(attempt: Callable[[], object]) -> str:
    """Do something in a forked process that is thrown away, to learn whether it can be done.

    Returns:
        What the attempt returns, as text; a line at most.

    Raises:
        OSError: the attempt raised it, there; or its process was killed, each time.
    """
    for _ in range(_TRIES):
        number, _, text = _tried(attempt).partition(" ")
        if number == "0":
            return text
        if number:
            raise OSError(int(number), text)
    raise OSError(errno.EINTR, "the process that tried it was killed")


def _tried(attempt: Callable[[], object]) -> str:
    """Try it once: the number of the error, 0 for none, and a text; "" if somebody killed it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = f"0 {attempt()}"
        except OSError as error:
            said = f"{error.errno} {error.strerror}"
        finally:
            # Nothing of what the caller would do at its end may happen here as well.
            os.write(writing, said.encode()[:4096])
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


def tasks_of_process() -> int:
    """Count the threads of this process; 1 where the system cannot tell."""
    return len(os.listdir("/proc/self/task")) if kernel.IS_LINUX else 1


def own_size_bytes() -> tuple[int, int]:
    """Read the address space of this process, and what of it is memory that no file backs."""
    size, resident, shared = map(int, _read("/proc/self/statm").split()[:3])
    return size * resource.getpagesize(), (resident - shared) * resource.getpagesize()


def _tasks_of_machine() -> int:
    # The fourth field is "running/existing".
    return int(_read("/proc/loadavg").split()[3].partition(b"/")[2])


def _read(path: str) -> bytes:
    # Without the layers of open(): this is on the way of every child.
    place = os.open(path, os.O_RDONLY)
    try:
        return os.read(place, 4096)
    finally:
        os.close(place)
