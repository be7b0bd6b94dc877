"""Who the child is: a user of its own where the grader may choose one, and never with privileges.

The superuser owns the gradebook and may raise every limit. A grader that was started as root,
as in many containers, therefore gives each child another number. Python itself may live where
only root can go (under /root); the child then keeps the one privilege of reading, which Landlock
narrows to the interpreter's folders. Where that is not possible it stays root without privileges.
"""

import functools
import os
import stat
import sys

from grader.sandbox.walls import kernel

# Numbers that no distribution and no service manager gives out (systemd's UIDS-GIDS.md), low
# enough for a container that maps 65536 users.
FIRST_USER, USERS = 60578, 606

# CAP_KILL too: a grader that could not end its child any more would be worse off.
_TO_CHANGE = kernel.CAP_CHOWN | kernel.CAP_SETGID | kernel.CAP_SETUID | kernel.CAP_KILL


def become_own_user(readable: tuple[str, ...], scratch: str | None, *, is_filtered: bool) -> bool:
    """Become a user that nobody else is, if this process is root and may.

    Stops: reading and writing what is the grader's own, ending or tracing a sibling; makes the
    kernel count tasks.
    Tried by: test_a_child_of_root_is_its_own_user, test_becoming_root_is_refused.

    Args:
        readable: what the interpreter must still reach.
        scratch: the folder that becomes the new user's own.
        is_filtered: Landlock and seccomp follow; without them the privilege of reading would
            read everything, and is not kept.

    Returns:
        Whether the user changed. The privileges are still to be dropped.
    """
    held = kernel.capabilities()
    is_open = others_can_read(readable) and (scratch is None or _can_be_passed(_ancestors(scratch)))
    kept = 0 if is_open else kernel.CAP_DAC_READ_SEARCH
    needed = kept | _TO_CHANGE
    if held & needed != needed or (kept and not is_filtered):
        return False
    # Before the user changes: it needs a privilege that goes with it.
    kernel.drop_bounding_set()
    kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
    try:
        _change_user(scratch)
    except OSError:
        # A container that maps fewer users than there are numbers; the user has not changed.
        return False
    finally:
        kernel.prctl(kernel.PR_SET_KEEPCAPS, 0)
    kernel.keep_capabilities(kept)
    return True


def drop_capabilities(*, is_own_user: bool) -> str:
    """Give up every privilege, but that of reading if `become_own_user` has left it.

    Stops: raising a limit again, mounts, other users' files, the machine's clock.
    Tried by: test_no_capability_is_left, test_raising_a_limit_is_refused.

    Returns:
        "no-capabilities", or "only-reading".
    """
    kept = kernel.capabilities() & kernel.CAP_DAC_READ_SEARCH if is_own_user else 0
    kernel.drop_bounding_set()
    kernel.keep_capabilities(kept)
    return "only-reading" if kept else "no-capabilities"


def _change_user(scratch: str | None) -> None:
    # Two children at once share a number only if their process numbers differ by a multiple of
    # 606; the filter still keeps them apart, but their tasks are counted together.
    user = FIRST_USER + os.getpid() % USERS
    os.setgroups([])
    os.setresgid(user, user, user)
    if scratch is not None:
        place = os.open(scratch, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        os.fchown(place, user, user)
        os.close(place)
    # Last, since nothing above is possible after it.
    os.setresuid(user, user, user)


@functools.cache
def others_can_read(paths: tuple[str, ...]) -> bool:
    """Tell whether a stranger reaches the folders and, by two samples, their files; it is kept."""
    loaded = [sys.modules[name].__file__ for name in ("os", "torch") if name in sys.modules]
    folders: set[str] = set()
    for path in (*paths, *(file for file in loaded if file)):
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            continue
        needed = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
        if mode & needed != needed:
            return False
        folders |= _ancestors(path)
    return _can_be_passed(folders)


def _can_be_passed(folders: set[str]) -> bool:
    return all(os.stat(folder).st_mode & stat.S_IXOTH for folder in folders)


def _ancestors(path: str) -> set[str]:
    folders = set()
    while path != (path := os.path.dirname(path)):
        folders.add(path)
    return folders
