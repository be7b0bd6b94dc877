"""Landlock: which files a process may reach, decided by the kernel at every open.

A ruleset names the kinds of access it handles; from then on each of them is refused, except below
the folders that a rule allows. It needs no privilege and cannot be undone. Each release of the
interface (ABI) handles more, and the child asks for all that the kernel at hand has.

It does not cover stat, chdir and readlink, so names can be probed though nothing can be read, nor
chmod, extended attributes, inotify, UDP and unix sockets with a path: seccomp closes those.
"""

import errno
import functools
import os
import stat
import struct
from collections.abc import Iterable

from grader.sandbox.walls import kernel

# The same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1
# ABI 7: refusals are not written to the machine's audit log, which a loop could flood.
_LOG_SAME_EXEC_OFF = 1

_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_REMOVE_DIR = 1 << 4
_REMOVE_FILE = 1 << 5
_MAKE_DIR = 1 << 7
_MAKE_REG = 1 << 8
_TRUNCATE = 1 << 14
_IOCTL_DEV = 1 << 15

# Every right on files that an ABI knows, by the first ABI that knows it: the thirteen of 5.13,
# moving and linking between folders, truncating, ioctl on devices.
_FILE_RIGHTS = ((1, (1 << 13) - 1), (2, 1 << 13), (3, _TRUNCATE), (5, _IOCTL_DEV))
# Binding and connecting TCP sockets, ABI 4.
_NET_RIGHTS = 0b11
# Abstract unix sockets and signals to processes outside, ABI 6.
_SCOPES = 0b11

READ = _READ_FILE | _READ_DIR
# No links, pipes, sockets or devices: whoever tidies the folder meets files and folders only.
WRITE = READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
DEVICE = _READ_FILE | _WRITE_FILE | _TRUNCATE
GPU = DEVICE | _IOCTL_DEV

# What a rule on something that is not a folder may grant.
_RIGHTS_OF_A_FILE = 1 | _READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL_DEV


@functools.cache
def version() -> int:
    """Tell the ABI of this kernel's Landlock; 0 where there is none, or where it is off."""
    if not kernel.IS_LINUX:
        return 0
    try:
        return kernel.syscall(_CREATE_RULESET, 0, 0, _VERSION_FLAG)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
            return 0
        raise


def confine(grants: Iterable[tuple[str, int]]) -> str:
    """Refuse the calling thread, for ever, every access to files but the granted ones.

    Stops: reading hidden checks, siblings and homes; writing anywhere but in the scratch; TCP;
    signals and abstract sockets to processes outside.
    Tried by: test_reads_of_files_outside_are_refused, test_writes_outside_the_scratch_are_refused.

    Args:
        grants: a path and the rights at and below it. A path that does not exist is passed over.

    Returns:
        "landlock-" and the ABI, such as "landlock-7".

    Raises:
        OSError: the kernel refuses; PR_SET_NO_NEW_PRIVS must have been set.
    """
    abi = version()
    handled = sum(rights for first, rights in _FILE_RIGHTS if abi >= first)
    net = _NET_RIGHTS if abi >= 4 else 0
    scopes = _SCOPES if abi >= 6 else 0
    # An older kernel takes the longer structure as long as what it does not know is zero.
    ruleset = kernel.syscall(_CREATE_RULESET, struct.pack("=QQQ", handled, net, scopes), 24, 0)
    try:
        for path, rights in grants:
            _grant(ruleset, path, rights & handled)
        kernel.syscall(_RESTRICT_SELF, ruleset, _LOG_SAME_EXEC_OFF if abi >= 7 else 0)
    finally:
        os.close(ruleset)
    return f"landlock-{abi}"


def _grant(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        # What cannot be found or reached need not be allowed: leaving it out only refuses more.
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _RIGHTS_OF_A_FILE
        rule = struct.pack("=Qi", rights, place)
        kernel.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(place)
