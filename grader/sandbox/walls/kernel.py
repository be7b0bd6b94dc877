"""The few doors of the Linux kernel that the standard library does not open: prctl, capabilities.

Everything here goes through the C library with ctypes, and every refusal becomes an OSError
with the errno that the kernel gave.
"""

import ctypes
import functools
import os
import struct
import sys

IS_LINUX = sys.platform == "linux"

# Numbers from linux/prctl.h.
PR_SET_PDEATHSIG = 1
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_GET_SECCOMP = 21
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

# Bits of linux/capability.h that a root process needs to become somebody else.
CAP_CHOWN = 1 << 0
CAP_DAC_READ_SEARCH = 1 << 2
CAP_KILL = 1 << 5
CAP_SETGID = 1 << 6
CAP_SETUID = 1 << 7
# What namespaces are made with.
CAP_SYS_ADMIN = 1 << 21

# Bits of linux/sched.h: what a process stops sharing with others.
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000

_CAPABILITY_VERSION_3 = 0x20080522
# The kernel of 2024 knows 41; the set has room for 64.
_CAPABILITY_LIMIT = 64

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

# What the kernel is told whose capabilities, and in which version, and where it tells them: made
# once, since each new size is a new class to ctypes.
_header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), 8)
_sets = ctypes.create_string_buffer(24)


def _checked(result: int, name: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def _word(argument: int | bytes) -> ctypes.c_long | ctypes.c_char_p:
    return ctypes.c_char_p(argument) if type(argument) is bytes else ctypes.c_long(argument)  # type: ignore[arg-type]


def address(data: bytes) -> int:
    """Tell where bytes lie that something which the kernel reads points to; keep them meanwhile."""
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0


def prctl(option: int, *arguments: int | bytes) -> int:
    """Ask the kernel about this thread, or change it; of bytes it gets the address, to read them.

    Raises:
        OSError: the kernel refuses or does not know the option.
    """
    result: int = _libc.prctl(option, *map(_word, (*arguments, 0, 0, 0, 0)[:4]))
    return _checked(result, "prctl")


def set_flag(option: int, value: int) -> None:
    """Set a flag of this thread, and read nothing back.

    Raises:
        OSError: the kernel refuses or does not know the option.
    """
    prctl(option, value)


def close_memory() -> None:
    """Keep this process's memory from others of its user, and from core dumps."""
    if IS_LINUX:
        set_flag(PR_SET_DUMPABLE, 0)


def unshare(flags: int) -> None:
    """Get namespaces of the own, by the CLONE_NEW bits.

    Raises:
        OSError: the kernel, a container's filter or a limit refuses.
    """
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def syscall(number: int, *arguments: int | bytes) -> int:
    """Make a system call by its number; of bytes the kernel gets the address, to read them.

    Raises:
        OSError: the kernel refuses or does not know the call (ENOSYS).
    """
    result: int = _libc.syscall(ctypes.c_long(number), *map(_word, arguments))
    return _checked(result, f"system call {number}")


def capabilities() -> int:
    """Tell which capabilities are in effect, as a set of bits; 0 is none."""
    _checked(_libc.capget(_header, _sets), "capget")
    low, _, _, high, _, _ = struct.unpack("=6I", _sets)
    return int(low | high << 32)


@functools.cache
def drop_bounding_set() -> None:
    """Empty the set that bounds what a later program could gain; once, for those forked later too.

    Without CAP_SETPCAP the kernel refuses, and there is nothing to gain either: the process has
    no capability to pass on and PR_SET_NO_NEW_PRIVS follows.
    """
    for capability in range(_CAPABILITY_LIMIT):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            # EINVAL: above the last one the kernel knows. EPERM: without CAP_SETPCAP.
            return


def keep_capabilities(kept: int) -> None:
    """Give up every capability but those in `kept`: effective, permitted, inheritable, ambient."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    low, high = kept & 0xFFFFFFFF, kept >> 32
    sets = struct.pack("=6I", low, low, 0, high, high, 0)
    _checked(_libc.capset(_header, sets), "capset")
