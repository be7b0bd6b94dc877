"""The filter: which system calls a process may make, decided by the kernel before each one.

A program for the kernel's small filter machine (BPF) reads the number and the arguments of a call
and answers: go on, fail with this errno, or end the process. It needs no privilege and cannot be
undone. Most calls go on; what reaches out of the process is on a list, group by group, with the
attack it stops. Numbers newer than the list fail as if the kernel were older.

The machine sees registers, never what a pointer points to. Where the kernel takes an int, only
the lower half of the register is compared, as the kernel does; to compare all of it would let
`1 << 32 | TIOCSTI` pass for something else.
"""

import errno
import functools
import os
import platform
import struct
from dataclasses import dataclass

from grader.sandbox.walls import kernel
from grader.sandbox.walls.syscalls import ARCHITECTURES, NEWEST, Architecture

_SECCOMP_MODE_FILTER = 2

# The filter's answers, from linux/seccomp.h. An errno stands in the lower half of REFUSE.
ALLOW = 0x7FFF0000
REFUSE = 0x00050000
KILL = 0x80000000

# The filter machine's instructions, from linux/bpf_common.h.
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_ABOVE, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x25, 0x35, 0x45

# Where the call's number, the architecture and the arguments stand; both machines of the table
# are little-endian, so an argument's lower half comes first.
_NUMBER, _AUDIT_ARCH, _ARGUMENTS = 0, 4, 16

Instruction = tuple[int, int, int, int]
# struct sock_filter: code, jump if true, jump if false, operand.
_INSTRUCTION = struct.Struct("=HBBI")
# Stands in place of an operand that is the process's own number.
_OWN = -1
_NUMBER_OF_A_PROCESS = struct.Struct("=I")


@dataclass(frozen=True)
class Group:
    """Calls that are refused alike."""

    # The attack it stops, in a few words.
    stops: str
    # What the call answers: an errno, or 0 to do nothing and report success.
    answer: int
    calls: tuple[str, ...]


def _group(stops: str, answer: int, calls: str) -> Group:
    return Group(stops, answer, tuple(calls.split()))


# The calls that are refused whatever their arguments are.
GROUPS = (
    _group("daemons, fork bombs and other programs", errno.EPERM, "fork vfork execve execveat"),
    # The C library falls back to clone, whose flags the filter can read: they are in a register.
    _group("a fork whose flags lie in memory", errno.ENOSYS, "clone3"),
    _group(
        "reading, steering or ending another process",
        errno.EPERM,
        "ptrace process_vm_readv process_vm_writev kcmp get_robust_list pidfd_open pidfd_getfd "
        "pidfd_send_signal process_madvise process_mrelease",
    ),
    _group("a timer that kills, as only others may", errno.EPERM, "timer_create"),
    _group("the network", errno.EACCES, "socket connect bind listen accept accept4"),
    _group(
        "another view of the machine, with the rights of its root",
        errno.EPERM,
        "unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig "
        "fsmount fspick mount_setattr statmount listmount",
    ),
    _group(
        "memory and messages that stay behind, or that a sibling finds",
        errno.EPERM,
        "add_key request_key keyctl shmget shmat shmctl shmdt semget semop semtimedop semctl "
        "msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify "
        "mq_getsetattr memfd_secret",
    ),
    _group(
        "watching others at work, and opening files by a handle",
        errno.EPERM,
        "inotify_init inotify_init1 inotify_add_watch fanotify_init fanotify_mark "
        "name_to_handle_at open_by_handle_at",
    ),
    _group(
        "the kernel's own mistakes",
        errno.EPERM,
        "bpf perf_event_open io_uring_setup io_uring_enter io_uring_register io_setup "
        "userfaultfd modify_ldt uselib seccomp landlock_create_ruleset landlock_add_rule "
        "landlock_restrict_self lsm_set_self_attr",
    ),
    _group(
        "the machine's clock, name, modules, swap, accounting and life",
        errno.EPERM,
        "reboot kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff "
        "acct quotactl quotactl_fd settimeofday clock_settime clock_adjtime adjtimex sethostname "
        "setdomainname syslog vhangup iopl ioperm lookup_dcookie sysfs ustat",
    ),
    _group(
        "becoming root again",
        errno.EPERM,
        "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset",
    ),
    _group(
        "a trap for whoever tidies the scratch",
        errno.EPERM,
        "link linkat symlink symlinkat mknod mknodat",
    ),
    # Landlock does not cover these. Success is pretended so that shutil.copy2 and tempfile go on.
    _group(
        "new modes, owners and times of any file; flushing every disk",
        0,
        "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat "
        "utimensat sync syncfs",
    ),
    # EOPNOTSUPP is what shutil takes for "this file system has none".
    _group(
        "attributes of any file, which no rule on reading or writing covers",
        errno.EOPNOTSUPP,
        "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr "
        "removexattr lremovexattr fremovexattr",
    ),
)
# Memory in a file that has no name is outside RLIMIT_AS. CUDA cannot start without it.
_MEMFD = _group("memory beside the address space", errno.ENOSYS, "memfd_create")

_CLONE_THREAD = 0x00010000
# NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
_CLONE_NEW = 0x7E020080
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE_MASK = 1, 1, 0xF

# SETSIG, SETOWN and SETOWN_EX choose a signal and whom it goes to; SETLEASE keeps others from
# writing a file; NOTIFY watches a folder.
_FCNTL_REFUSED = (10, 8, 15, 1024, 1026)
# TIOCSTI and TIOCLINUX type into a terminal, TIOCSCTTY takes one; FIOSETOWN and SIOCSPGRP choose
# whom a signal goes to.
_IOCTL_REFUSED = (0x5412, 0x541C, 0x540E, 0x8901, 0x8902)
# Questions, and the names of threads and mappings: PDEATHSIG, DUMPABLE, NAME (set, get), SECCOMP,
# CAPBSET, SECUREBITS, TIMERSLACK (set, get), NO_NEW_PRIVS, TID_ADDRESS, THP (set, get), SVE_VL,
# SPECULATION_CTRL, TAGGED_ADDR, SME_VL, SET_VMA. Among the others are the switches of these walls.
_PRCTL_ALLOWED = (2, 3, 15, 16, 21, 23, 27, 29, 30, 39, 40, 41, 42, 51, 52, 56, 64, 0x53564D41)
_PERSONALITY_QUERY = 0xFFFFFFFF

# The identifiers of the process's threads are not known when the filter is built, so a thread can
# be addressed as 0, "myself", only.
_ON_A_PROCESS = _group(
    "signals, limits, priorities and processors of another process",
    errno.EPERM,
    "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo prlimit64 sched_setaffinity "
    "sched_setparam sched_setscheduler sched_setattr migrate_pages move_pages",
)
# A process may end itself by any signal but this, so whose process it ends was killed by others: by
# somebody, or by a machine without memory. The calls with the place of the signal among arguments.
_SIGKILL = 9
_SENDING = {"kill": 1, "tkill": 1, "tgkill": 2, "rt_sigqueueinfo": 1, "rt_tgsigqueueinfo": 2}
# RLIMIT_CPU and RLIMIT_RTTIME: the kernel sends it at the hard limit.
_LIMITS_THAT_KILL = (0, 15)


@functools.cache
def architecture() -> Architecture | None:
    """Find the table for this machine; None where there is none."""
    return ARCHITECTURES.get(platform.machine()) if kernel.IS_LINUX else None


@functools.cache
def is_offered() -> bool:
    """Tell whether the kernel takes a filter and there is a table for this machine."""
    if architecture() is None:
        return False
    try:
        # A filter that is already there (a container's) is no hindrance: filters add up.
        return kernel.prctl(kernel.PR_GET_SECCOMP) in (0, _SECCOMP_MODE_FILTER)
    except OSError:
        return False


def program(machine: Architecture, pid: int, *, is_gpu: bool = False) -> bytes:
    """Write the filter for one process.

    Args:
        machine: the numbers to use.
        pid: the process that may signal and limit itself.
        is_gpu: leave memfd_create open, which the CUDA driver needs.

    Returns:
        Instructions of 8 bytes: code, jump if true, jump if false, operand.
    """
    return _NUMBER_OF_A_PROCESS.pack(pid).join(form(machine.name, is_gpu))


@functools.cache
def form(machine_name: str, is_gpu: bool) -> tuple[bytes, ...]:
    """Write the filter in pieces, between which the process's number belongs; they are kept."""
    machine = ARCHITECTURES[machine_name]
    lines: list[Instruction] = [
        (_LOAD, 0, 0, _AUDIT_ARCH),
        (_IF_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine.foreign_from is not None:
        lines += [(_IF_AT_LEAST, 0, 1, machine.foreign_from), (_RETURN, 0, 0, KILL)]
    lines += [(_IF_ABOVE, 0, 1, NEWEST), (_RETURN, 0, 0, REFUSE | errno.ENOSYS)]
    for group in GROUPS if is_gpu else (*GROUPS, _MEMFD):
        for name in group.calls:
            if (number := machine.numbers.get(name)) is not None:
                lines += [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, REFUSE | group.answer)]
    by_argument = {
        "clone": _clone(),
        # A datagram socket could still send to a socket with a path, such as the system log's.
        "socketpair": _only(0, (_AF_UNIX,), answer=errno.EACCES)
        + _only(1, (_SOCK_STREAM,), mask=_SOCK_TYPE_MASK, answer=errno.EACCES),
        "fcntl": _none_of(1, _FCNTL_REFUSED),
        "ioctl": _none_of(1, _IOCTL_REFUSED),
        "prctl": _only(0, _PRCTL_ALLOWED),
        "personality": _only(0, (_PERSONALITY_QUERY,)),
        "setrlimit": _none_of(0, _LIMITS_THAT_KILL),
    }
    own = (0, _OWN)
    on_itself = {name: _only(0, own) for name in _ON_A_PROCESS.calls} | {
        **{call: _only(0, own) + _none_of(at, (_SIGKILL,)) for call, at in _SENDING.items()},
        "prlimit64": _only(0, own) + _only_asked(1, _LIMITS_THAT_KILL, 2),
        "setpriority": _only(0, (0,)) + _only(1, own),
        "ioprio_set": _only(0, (1,)) + _only(1, own),
    }
    lines += _conditional(machine, by_argument) + _conditional(machine, on_itself)
    return _packed([*lines, (_RETURN, 0, 0, ALLOW)])


def confine(*, is_gpu: bool) -> None:
    """Put the calling thread, for ever, behind the filter.

    Stops: sockets, processes, programs, and every call that names or watches somebody else.
    Tried by: test_every_listed_call_is_refused, test_sockets_are_refused, test_forking_is_refused
    and the tests after them.

    Raises:
        OSError: the kernel refuses; PR_SET_NO_NEW_PRIVS must have been set.
    """
    machine = architecture()
    if machine is None:
        raise OSError(errno.ENOSYS, f"no table of system calls for {platform.machine()}")
    lines = program(machine, os.getpid(), is_gpu=is_gpu)
    # struct sock_fprog: a count and, after padding, a pointer.
    fprog = struct.pack("@HP", len(lines) // _INSTRUCTION.size, kernel.address(lines))
    kernel.prctl(kernel.PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, fprog)


def _packed(lines: list[Instruction]) -> tuple[bytes, ...]:
    pieces = [b""]
    for code, if_true, if_false, operand in lines:
        if operand == _OWN:
            # The operand is the last of an instruction.
            pieces[-1] += _INSTRUCTION.pack(code, if_true, if_false, 0)[
                : -_NUMBER_OF_A_PROCESS.size
            ]
            pieces.append(b"")
        else:
            pieces[-1] += _INSTRUCTION.pack(code, if_true, if_false, operand)
    return tuple(pieces)


def _conditional(machine: Architecture, blocks: dict[str, list[Instruction]]) -> list[Instruction]:
    """Judge each call by its block of tests; what passes them all goes on."""
    lines: list[Instruction] = []
    for name, tests in blocks.items():
        if (number := machine.numbers.get(name)) is not None:
            # A block ends in an answer, so the number is still loaded for the line after it.
            lines += [(_IF_EQUAL, 0, len(tests) + 1, number), *tests, (_RETURN, 0, 0, ALLOW)]
    return lines


def _only(
    index: int, values: tuple[int, ...], *, mask: int | None = None, answer: int = errno.EPERM
) -> list[Instruction]:
    """Go on if the argument is one of the values, else refuse."""
    lines = [(_LOAD, 0, 0, _ARGUMENTS + 8 * index)]
    if mask is not None:
        lines.append((_AND, 0, 0, mask))
    left = range(len(values), 0, -1)
    lines += [(_IF_EQUAL, steps, 0, value) for steps, value in zip(left, values, strict=True)]
    return [*lines, (_RETURN, 0, 0, REFUSE | answer)]


def _none_of(index: int, values: tuple[int, ...]) -> list[Instruction]:
    """Refuse if the argument is one of the values, else go on."""
    lines = [(_LOAD, 0, 0, _ARGUMENTS + 8 * index)]
    for value in values:
        lines += [(_IF_EQUAL, 0, 1, value), (_RETURN, 0, 0, REFUSE | errno.EPERM)]
    return lines


def _only_asked(index: int, values: tuple[int, int], pointer: int) -> list[Instruction]:
    """Go on unless the argument is one of the values and the pointer shows something new."""
    first, second = values
    low = _ARGUMENTS + 8 * pointer
    return [
        (_LOAD, 0, 0, _ARGUMENTS + 8 * index),
        (_IF_EQUAL, 1, 0, first),
        (_IF_EQUAL, 0, 5, second),
        (_LOAD, 0, 0, low),
        (_IF_EQUAL, 0, 2, 0),
        (_LOAD, 0, 0, low + 4),
        (_IF_EQUAL, 1, 0, 0),
        (_RETURN, 0, 0, REFUSE | errno.EPERM),
    ]


def _clone() -> list[Instruction]:
    """Go on if a thread of the own process is asked for, and nothing more."""
    return [
        (_LOAD, 0, 0, _ARGUMENTS),
        (_IF_ANY_BIT, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, REFUSE | errno.EPERM),
        (_IF_ANY_BIT, 0, 1, _CLONE_NEW),
        (_RETURN, 0, 0, REFUSE | errno.EPERM),
    ]
