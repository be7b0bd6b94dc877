"""Namespaces: a view of the kernel's shared things in which the child is alone.

A new view of System V objects, of message queues and of the machine's name costs a fifth of a
millisecond and is gone with its only process. An empty network would cost four times as much, for
what the filter refuses already; see design/measured.md. Root needs the privilege of mounting for
it. Anybody else asks for a user namespace first, which gives that privilege inside and a count of
tasks of its own; the child keeps its number, and gives the privilege up with all the others.

Whether a machine allows it cannot be read anywhere: a container's filter refuses the first call,
AppArmor lets it pass and refuses what follows, a limit may be used up. It is tried, once, in a
process that is thrown away.
"""

import functools
import os
import resource
from dataclasses import dataclass

from grader.sandbox.walls import kernel, process

_SHARED = kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS


@dataclass(frozen=True)
class Offer:
    """What this machine allows this user."""

    # Why there are none; None where there are.
    missing: str | None
    # Whether the tasks inside are counted without the user's others: Linux 5.14, not for root.
    counts_apart: bool = False


@functools.cache
def offer() -> Offer:
    """Try, once, in a process that is thrown away."""
    if not kernel.IS_LINUX:
        return Offer("needs Linux")
    if os.geteuid() == 0 and not kernel.capabilities() & kernel.CAP_SYS_ADMIN:
        return Offer("root without CAP_SYS_ADMIN, as in most containers")
    try:
        counted = process.try_apart(_attempt)
    except OSError as error:
        return Offer(f"refused here: {error.strerror}")
    return Offer(None, counted == "apart")


def enter() -> None:
    """Give the calling process namespaces of its own, under the number that it has.

    Stops: objects of System V and queues that outlive the child or that a sibling finds; where the
    child has no user of its own, tasks without end.
    Tried by: test_shared_memory_of_others_is_invisible, test_no_shared_memory_stays_behind,
    test_each_view_is_the_childs_own, test_tasks_are_counted_apart,
    test_no_capability_is_left_inside.

    Raises:
        OSError: the kernel refuses; the process may be half in and must end.
    """
    if os.geteuid() == 0:
        kernel.unshare(_SHARED)
        return
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | _SHARED)
    # In this order: without the first the kernel refuses the last.
    _write("setgroups", "deny")
    _write("uid_map", f"{user} {user} 1")
    _write("gid_map", f"{group} {group} 1")
    # All that could be done with them is done.
    kernel.keep_capabilities(0)


def _write(name: str, text: str) -> None:
    try:
        place = os.open(f"/proc/self/{name}", os.O_WRONLY)
        try:
            os.write(place, text.encode())
        finally:
            os.close(place)
    except OSError as error:
        raise OSError(error.errno, f"{name}: {error.strerror}") from error


def _attempt() -> str:
    enter()
    return "apart" if os.geteuid() != 0 and _counts_apart() else "together"


def _counts_apart() -> bool:
    """Tell whether a second task is allowed under a limit that the user exceeds outside."""
    # Outside there are this process and the one that waits for it; inside there is this one.
    resource.setrlimit(resource.RLIMIT_NPROC, (2, 2))
    try:
        child = os.fork()
    except BlockingIOError:
        return False
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True
