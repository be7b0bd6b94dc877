"""What the kernel forbids: the walls around a child that runs code nobody has read.

Theory of operation
===================

Who builds, and when. A zygote (one thread, torch imported, no submission and no hidden file ever
held) forks a child. The child calls `build` once, in itself, before it receives a byte of the
student's; `prove` then tries what must fail. Only after that does it read the source from its
private channel. No wall can be taken down again, by the child or by anybody else, and none needs
a privilege, a service or a file on the machine. They bind the thread that builds them and the
threads it starts, so `build` refuses a process that has a second thread.

What the host may believe. That a child behind `landlock` and `seccomp` reads the interpreter's
folders and writes its scratch, and nothing else; that it is one process, without descendants, so
that killing it ends everything it started; that it cannot name another process in any call. What
it may not believe: a word of what the child says, its exit status, or that it will ever end.

When one dies. The kernel kills the child when the zygote's thread ends (`parent`). The host ends
a child with SIGKILL, by pidfd, at its limits; nothing here measures time.

What each layer stops that the others do not. Twenty-six attacks, layers taken away in turn:

    without       gets through
    landlock      system files are read, files outside the scratch are written, the gradebook is
                  appended to, /proc/PARENT/oom_score_adj is set
    seccomp       UDP, unix, netlink and vsock sockets; limits, priority and processors of the
                  parent; shared memory, queues and keys that stay; inotify; bpf, io_uring, user
                  namespaces, the 32-bit table; with a Landlock before ABI 6, a killed zygote
    rlimits       memory, disk, descriptors and threads until the machine suffers
    user          where the grader is root: files that are root's own, tasks are not counted
    namespaces    where it is not: a user's tasks are counted together, so a child is bounded by
                  the machine's; shared memory and queues, if the filter ever lets one pass
    cgroup        memory that no address space shows: files in memory, buffers of the kernel
    not-dumpable  a sibling of the same user looks into the child's memory

Beside them stand `parent` and `session` (Control-C, terminals, orphans), `descriptors` (files that
were open), `signals`, `environment` (keys and tokens), `no-capabilities` (raising limits, chroot,
mounts) and `no-new-privileges` (setuid programs; the kernel asks for it before the two filters).
Each function names the attack it stops and the test in tests/grader/walls that tries it.

Order. PDEATHSIG first, and again after the user changed, which clears it and `dumpable` as well.
The group is entered while the child may still write there, namespaces before the user changes.
Files of /proc are read before Landlock, privileges are given up before the filter, and the filter
is last because it refuses the calls that build the others.

What is left out. A namespace of processes: it counts for descendants, of which there are none, and
neither /proc nor a signal reaches another process anyway. A namespace of mounts: what is mounted
in it the host cannot see, and the host empties the scratch between two checks. A namespace of the
network: it would cost more than all the other new views, for sockets that cannot be opened.

What cannot be closed here. Names can be probed with stat, and file locks with flock, though
nothing is read. The number of small files in the scratch is not bounded: the host watches it, or
gives a tmpfs with a limit. Root that must stay root (an interpreter under /root, no privilege of
reading in the container) is counted in tasks by a group only; without one its address space bounds
them. Time and score
are channels. A mistake in the kernel needs a virtual machine.

Which machines. Linux on x86_64 is run. The table for aarch64 is compared with the kernel's headers
and simulated, not run; the rules for CUDA are written, not run. Elsewhere session and limits are
all there is, and `available` says so.
"""

import errno
import functools
import os
import socket
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial

from grader.errors import ConfinementError
from grader.sandbox.walls import (
    cgroups,
    identity,
    kernel,
    landlock,
    namespaces,
    process,
    seccomp,
)
from grader.sandbox.walls.paths import DEVICES, gpu_paths, interpreter_paths

__all__ = [
    "NEEDED",
    "Plan",
    "Wall",
    "available",
    "build",
    "describe",
    "interpreter_paths",
    "prepare",
    "prove",
]

MODES = ("auto", "strict", "none")


@functools.cache
def _is_whole_machine(readable: tuple[str, ...]) -> bool:
    return any(os.path.realpath(path) == "/" for path in readable)


@dataclass(frozen=True)
class Plan:
    """What a child may still do.

    Raises:
        ConfinementError: the mode is not one of MODES, or the whole machine would be readable.
    """

    # "auto": the best there is. "strict": ConfinementError when one of NEEDED is missing. "none":
    # limits and session only, for a student's own files on the student's own machine.
    mode: str = "auto"
    # Files and folders that are readable, with all below them.
    readable: tuple[str, ...] = field(default_factory=interpreter_paths)
    # The one folder that is writable, private to the child; None: nothing is writable.
    scratch: str | None = None
    # Memory beyond what the process has when the walls are built, as its group and, without a GPU,
    # its address space count it; None: not bounded.
    memory_bytes: int | None = 2 * 1024**3
    open_files: int = 64
    # The largest file that can be written, in bytes.
    file_bytes: int = 16 * 1024**2
    # Threads, the first included.
    tasks: int = 64
    # The NVIDIA devices are open too. Written, not run.
    is_gpu: bool = False
    # Descriptors that stay open beside 0, 1 and 2. A socket among them must be a stream.
    keep: tuple[int, ...] = ()
    # The process that must still be the parent; None is not compared.
    parent: int | None = None
    # Made by whoever forks the child, and removed by them; None: no wall of that name.
    group: cgroups.Group | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ConfinementError(
                f"confinement mode is {self.mode!r}; write one of {', '.join(MODES)}."
            )
        if _is_whole_machine(tuple(self.readable)):
            raise ConfinementError("'/' is listed as readable; list the folders that are needed.")


@dataclass(frozen=True)
class Wall:
    """One wall, whether this machine has it, and what it is for."""

    # As in what `build` returns, without a version.
    name: str
    # The attack, in a few words.
    stops: str
    # Why this machine does not offer it; None where it does.
    missing: str | None


# In the order in which they are built.
_STOPS = {
    "parent": "a child that outlives the grader",
    "session": "signals to the grader's group, and typing into its terminal",
    "descriptors": "files that the grader had open",
    "signals": "the grader's own signal handlers",
    "environment": "keys and tokens in the environment",
    "cgroup": "memory that no address space shows, and tasks without end",
    "namespaces": "shared memory and queues that stay, tasks counted with others'",
    "user": "files of the grader's user, and tasks without end",
    "no-capabilities": "limits raised again, mounts, other users' files",
    "rlimits": "memory, disk, descriptors and threads without end",
    "not-dumpable": "a sibling that looks into the child's memory",
    "no-new-privileges": "programs that make their caller root",
    "landlock": "reading and writing the files of others",
    "seccomp": "sockets, processes, programs, and every call that names somebody else",
}
# What strict confinement asks for, and whoever grades strangers: without them nothing is confined.
# Linux has the others too, or else they only add to these two: user, namespaces, cgroup.
NEEDED = ("landlock", "seccomp")
# What every Unix has; the others are the kernel's confinement.
_PROCESS_WALLS = ("session", "descriptors", "signals", "environment", "rlimits")


def available() -> tuple[Wall, ...]:
    """Tell which walls this machine offers, without putting up any around the caller."""
    missing = _missing(os.geteuid())
    return tuple(Wall(name, stops, missing.get(name)) for name, stops in _STOPS.items())


@functools.cache
def _missing(user: int) -> dict[str, str]:
    """Tell which walls this machine does not offer to a user, by name, and why."""
    missing: dict[str, str] = {}
    if not kernel.IS_LINUX:
        missing = {name: "needs Linux" for name in _STOPS if name not in _PROCESS_WALLS}
    else:
        if user != 0:
            missing["user"] = "only root can choose one; the child keeps the grader's"
        if (reason := cgroups.home().missing) is not None:
            missing["cgroup"] = reason
        if (reason := namespaces.offer().missing) is not None:
            missing["namespaces"] = reason
        if landlock.version() == 0:
            missing["landlock"] = "this kernel has none, or it is switched off; 5.13 brought it"
        if seccomp.architecture() is None:
            missing["seccomp"] = f"there is no table of system calls for {os.uname().machine}"
        elif not seccomp.is_offered():
            missing["seccomp"] = "this kernel was built without it"
    return missing


def prepare(*, is_gpu: bool = False) -> None:
    """Work out, try and give up, before any child is forked, what that can be done with for all."""
    available()
    identity.others_can_read(Plan().readable)
    process.scrub_environment(None)
    if kernel.IS_LINUX:
        kernel.drop_bounding_set()
    if (machine := seccomp.architecture()) and seccomp.is_offered():
        seccomp.form(machine.name, is_gpu)


def build(plan: Plan, *, without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Put the calling process behind the walls, for ever.

    Args:
        plan: what it may still do.
        without: walls to leave out; for the tests that show what each one stops.

    Returns:
        The names of the walls that stand, in the order of building: "landlock" with its version
        ("landlock-7"); "user" if the child is its own user; "only-reading" in place of
        "no-capabilities" if that one privilege is left; "cgroup" if the plan names a group.

    Raises:
        ConfinementError: a wall is missing in mode "strict"; a wall that is offered could not be
            built; the process has a second thread; its parent has ended.
    """
    if (threads := process.tasks_of_process()) != 1:
        raise ConfinementError(
            f"the child has {threads} threads before its walls stand, and walls bind only one. "
            "Whatever starts children must not start threads."
        )
    missing = _missing(os.geteuid())
    if plan.mode == "strict" and (lacking := [name for name in NEEDED if name in missing]):
        raise ConfinementError(
            "this machine lacks "
            + "; ".join(f"{name} ({missing[name]})" for name in lacking)
            + ". Use a Linux machine that has them, or confinement mode 'auto'."
        )
    wanted = set(_STOPS) - set(missing) - without
    if plan.group is None:
        wanted.discard("cgroup")
    if plan.mode == "none":
        wanted &= {"parent", *_PROCESS_WALLS}
    standing: list[str] = []
    for name, step in _steps(plan, wanted, standing).items():
        if name not in wanted:
            continue
        try:
            outcome = step()
        except OSError as error:
            raise ConfinementError(
                f"the wall {name!r} is offered here but could not be built: {error}. No code of "
                "the submission was run; `grade doctor` shows what this machine can confine."
            ) from error
        # A wall stands under its own name, or under the one that its step gave: "" is none.
        if outcome != "":
            standing.append(outcome or name)
    return tuple(standing)


def _steps(
    plan: Plan, wanted: AbstractSet[str], standing: Sequence[str]
) -> dict[str, Callable[[], str | None]]:
    """List how each wall is built, in the order of building; `standing` grows meanwhile."""

    def enter_group() -> None:
        assert plan.group is not None
        cgroups.join(plan.group, plan.memory_bytes, plan.tasks)

    def enter_namespaces() -> None:
        namespaces.enter()
        # As after every change of what the process may do: the kernel may have forgotten it.
        if "parent" in wanted:
            process.die_with_parent(plan.parent)

    def change_user() -> str:
        is_filtered = {"landlock", "seccomp"} <= wanted
        if not identity.become_own_user(
            tuple(plan.readable), plan.scratch, is_filtered=is_filtered
        ):
            return ""
        if "parent" in wanted:
            process.die_with_parent(plan.parent)
        return "user"

    def limit() -> None:
        process.set_limits(
            memory_bytes=None if plan.is_gpu else plan.memory_bytes,
            open_files=plan.open_files,
            file_bytes=plan.file_bytes,
            tasks=plan.tasks,
            is_counted_apart="user" in standing
            or ("namespaces" in standing and namespaces.offer().counts_apart),
        )

    return {
        "parent": partial(process.die_with_parent, plan.parent),
        "session": process.start_session,
        "descriptors": partial(process.close_descriptors, plan.keep),
        "signals": process.reset_signals,
        "environment": partial(process.scrub_environment, plan.scratch),
        "cgroup": enter_group,
        "namespaces": enter_namespaces,
        "user": change_user,
        "no-capabilities": lambda: identity.drop_capabilities(is_own_user="user" in standing),
        "rlimits": limit,
        "not-dumpable": partial(kernel.set_flag, kernel.PR_SET_DUMPABLE, 0),
        "no-new-privileges": partial(kernel.set_flag, kernel.PR_SET_NO_NEW_PRIVS, 1),
        "landlock": partial(landlock.confine, _grants(plan)),
        "seccomp": partial(seccomp.confine, is_gpu=plan.is_gpu),
    }


def _grants(plan: Plan) -> list[tuple[str, int]]:
    grants = [(path, landlock.READ) for path in plan.readable]
    grants += [(path, landlock.DEVICE) for path in DEVICES]
    if plan.scratch is not None:
        grants.append((plan.scratch, landlock.WRITE))
    if plan.is_gpu:
        devices, readable = gpu_paths()
        grants += [(path, landlock.GPU) for path in devices]
        grants += [(path, landlock.READ) for path in readable]
        # The driver names its threads by writing to their comm files.
        grants.append((f"/proc/{os.getpid()}/task", landlock.DEVICE | landlock.READ))
    return grants


def prove(standing: Sequence[str]) -> None:
    """Try what the walls forbid, from inside: an open, a socket and a fork must be refused.

    Args:
        standing: what `build` returned. A wall that is not among them is not tried.

    Raises:
        ConfinementError: something that is forbidden was possible, or failed for another reason.
    """
    attempts: list[tuple[str, Callable[[], None], int]] = []
    if any(name.startswith("landlock-") for name in standing):
        attempts.append(("opening the folder /", _open_root, errno.EACCES))
    if "seccomp" in standing:
        attempts.append(("opening a socket", _open_socket, errno.EACCES))
        attempts.append(("forking", _fork, errno.EPERM))
    for what, attempt, expected in attempts:
        try:
            attempt()
        except OSError as error:
            if error.errno == expected:
                continue
            outcome = f"failed with {error}, not with {errno.errorcode[expected]}"
        else:
            outcome = "was possible"
        raise ConfinementError(
            f"{what} {outcome}, though the walls {describe(standing)} stand. No code of the "
            "submission was run; this is a fault of the grader or of the kernel: please report it."
        )


def _open_root() -> None:
    os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))


def _open_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def describe(standing: Sequence[str]) -> str:
    """Name the confinement in one short phrase, such as "landlock 7, seccomp, rlimits, own user".

    Args:
        standing: what `build` returned.
    """
    phrases = {"user": "own user", "no-capabilities": "no capabilities", "only-reading": "own user"}
    phrases |= {"cgroup": "cgroup", "namespaces": "namespaces"}
    shown = [name.replace("landlock-", "landlock ") for name in standing]
    strong = [name for name in shown if name.startswith("landlock ") or name == "seccomp"]
    rest = [phrases.get(name, name) for name in shown if name in ("rlimits", *phrases)]
    return ", ".join(dict.fromkeys((strong or ["not confined"]) + rest))


def is_filtered(confinement: str) -> bool:
    """Tell whether a filter of system calls stands, by what `describe` says of it."""
    return "seccomp" in confinement.split(", ")
