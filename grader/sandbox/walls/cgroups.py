"""Control groups: the memory and the tasks of a child as the kernel accounts for them.

Limits of a process count its address space. Memory that is in no address space (files in memory,
pipes, what the kernel keeps for a process) is charged to a group, and a group has a limit as well.
Each child gets one, made by the process that forks it, entered by the child before it gives up its
rights, and removed by the forking process when the child has been reaped.

Where. Only below the group that the grader is in, or beside it where version 2 puts processes
into leaves, and only if somebody has given the right: root, a systemd user session, a delegated
subtree. No existing group is changed, no process but the child is moved, and a group whose memory
somebody has bounded is not left. It is tried once, in a process that is thrown away.

Leftovers. The maker holds a lock on each group as long as it lives. A group that nobody has locked
is one whose grader was killed, and the next one to start there removes it.

Memory. The pages that a child shares with its zygote were charged to the zygote; the child pays
for its copies, its page tables and what is new. The limit allows for a copy of everything that
can be copied, so that it is never stricter than the host's own look at the child's memory.
"""

import errno
import fcntl
import functools
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass

from grader.sandbox.walls import kernel, process

_PREFIX = "grader-"
# Page tables, stacks and buffers of the kernel: so many bytes, and this part of the memory.
_KERNEL_BYTES, _KERNEL_PART = 16 * 1024**2, 64
# For a process that has been reaped to leave its group: it has, but for a rare moment.
_PATIENCE = 50


@dataclass(frozen=True)
class Home:
    """Where groups can be made: folders of one hierarchy, or of two in version 1."""

    # Version 2: one. Version 1: that of memory and that of pids.
    folders: tuple[str, ...] = ()
    # Why there is none; None where there is.
    missing: str | None = None


@dataclass(frozen=True)
class Group:
    """A group for one child: its folders as in `Home`, and the descriptors that lock them."""

    folders: tuple[str, ...]
    locks: tuple[int, ...]


@functools.cache
def home() -> Home:
    """Find where groups can be made, by making one; remove what killed graders have left there."""
    if not kernel.IS_LINUX:
        return Home(missing="needs Linux")
    found = _candidate(_text("/proc/self/cgroup"), _text("/proc/self/mountinfo"))
    if found.missing is None:
        try:
            _sweep(found)
            group = _made(found.folders)
            try:
                process.try_apart(lambda: join(group, 1 << 30, tasks=8))
            finally:
                remove(group)
        except OSError as error:
            where = os.path.dirname(error.filename or "") or "a new group"
            return Home(missing=f"refused in {where}: {error.strerror}")
    return found


def make() -> Group | None:
    """Make a group for the next child; None where there can be none."""
    if home().missing is not None:
        return None
    try:
        return _made(home().folders)
    except OSError:
        # It adds to other walls; the child says which of them stand.
        return None


def join(group: Group, memory_bytes: int | None, tasks: int) -> None:
    """Set the group's limits and move the calling process into it.

    Stops: memory that no address space shows, and tasks of a root that is not counted.
    Tried by: test_memory_of_a_group_is_bounded, test_files_in_memory_are_bounded,
    test_tasks_of_a_group_are_bounded, test_a_group_cannot_be_left.

    Args:
        group: it must be empty.
        memory_bytes: beyond what the process has; None: not bounded.
        tasks: threads, the first included.

    Raises:
        OSError: the kernel refuses.
    """
    memory, pids = group.folders[0], group.folders[-1]
    is_unified = len(group.folders) == 1
    if memory_bytes is not None:
        copied = process.own_size_bytes()[1]
        limit = memory_bytes + copied + _KERNEL_BYTES + memory_bytes // _KERNEL_PART
        _write(f"{memory}/memory.{'max' if is_unified else 'limit_in_bytes'}", limit)
        # A bound means little if the rest goes to the disk; a kernel without swap has no such file.
        with suppress(FileNotFoundError):
            _write(f"{memory}/memory.{'swap.max' if is_unified else 'swappiness'}", 0)
    _write(f"{pids}/pids.max", tasks)
    for folder in dict.fromkeys(group.folders):
        _write(f"{folder}/cgroup.procs", 0)


def is_exhausted(group: Group) -> bool:
    """Tell whether the kernel has killed the group's process because of the group's own limit."""
    memory = group.folders[0]
    if len(group.folders) == 1:
        events = _fields(f"{memory}/memory.events")
        return min(events.get("oom_kill", 0), events.get("oom", 0)) > 0
    # A machine without memory kills as well, and that is not the child's doing.
    kills = _fields(f"{memory}/memory.oom_control").get("oom_kill", 0)
    return kills > 0 and int(_text(f"{memory}/memory.failcnt") or 0) > 0


def remove(group: Group) -> None:
    """Remove the group; its process must have been reaped."""
    for folder in dict.fromkeys(group.folders):
        for _ in range(_PATIENCE):
            try:
                os.rmdir(folder)
            except OSError as error:
                if error.errno == errno.EBUSY:
                    time.sleep(0.001)
                    continue
            break
    # What could not be removed is unlocked, so the next grader tries again.
    for lock in group.locks:
        os.close(lock)


def _made(homes: tuple[str, ...]) -> Group:
    for _ in range(_PATIENCE):
        try:
            return _make(homes)
        except (FileNotFoundError, BlockingIOError):
            # Another grader that starts has met it in the moment before it was locked.
            continue
    return _make(homes)


def _make(homes: tuple[str, ...]) -> Group:
    name = f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    group = Group(tuple(f"{place}/{name}" for place in homes), ())
    try:
        for folder in dict.fromkeys(group.folders):
            os.mkdir(folder)
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            group = Group(group.folders, (*group.locks, lock))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.stat(folder)
    except OSError:
        remove(group)
        raise
    return group


def _sweep(found: Home) -> None:
    """Remove the groups whose maker has ended without doing it."""
    for place in dict.fromkeys(found.folders):
        for name in os.listdir(place):
            # Locked, it belongs to somebody; or somebody else removes it, or its process dies yet.
            if name.startswith(_PREFIX):
                with suppress(OSError):
                    _remove_unlocked(f"{place}/{name}")


def _remove_unlocked(folder: str) -> None:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Held until it is gone: else its maker could lock it in between, and believe in it.
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rmdir(folder)
    finally:
        os.close(place)


def _candidate(groups: str, mounts: str) -> Home:
    """Read from the two lists of /proc where groups could be made."""
    own = _own_folders(groups, mounts)
    if "memory" in own and "pids" in own:
        return Home((own["memory"], own["pids"]))
    if "" not in own:
        return Home(missing="no hierarchy with memory and pids is mounted")
    folder = own[""]
    if _can_hold(folder):
        return Home((folder,))
    # In version 2 a group with processes hands nothing on; its neighbours are the place.
    if _text(f"{folder}/memory.max").strip() == "max" and _can_hold(os.path.dirname(folder)):
        return Home((os.path.dirname(folder),))
    return Home(missing="memory and pids are not handed on to groups of the grader")


def _can_hold(folder: str) -> bool:
    return {"memory", "pids"} <= set(_text(f"{folder}/cgroup.subtree_control").split())


def _own_folders(groups: str, mounts: str) -> dict[str, str]:
    """Find the folder of the own group for each controller; that of version 2 is under ""."""
    paths: dict[str, str] = {}
    for line in groups.splitlines():
        _, names, path = line.split(":", 2)
        paths |= dict.fromkeys(names.split(","), path)
    found: dict[str, str] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        # "36 32 0:30 ROOT PLACE options", "kind source options".
        root, place = (_unescaped(word) for word in before.split()[3:5])
        kind, _, options = after.split(maxsplit=2)
        names_here = {"cgroup2": [""], "cgroup": options.split(",")}.get(kind, [])
        for name in set(names_here) & set(paths):
            # Of a container's own folder only what lies below it is seen.
            below = os.path.relpath(paths[name], root)
            if below != ".." and not below.startswith("../"):
                found.setdefault(name, os.path.normpath(f"{place}/{below}"))
    return found


def _unescaped(word: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), word)


def _fields(path: str) -> dict[str, int]:
    pairs = (line.split() for line in _text(path).splitlines())
    return {name: int(value) for name, value in pairs}


def _text(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def _write(path: str, number: int) -> None:
    try:
        place = os.open(path, os.O_WRONLY)
        try:
            os.write(place, b"%d" % number)
        finally:
            os.close(place)
    except OSError as error:
        raise OSError(error.errno, f"{os.path.basename(path)}: {error.strerror}") from error
