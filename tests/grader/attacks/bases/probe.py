"""What a probing attack needs: it notes what got through and says so where it will be reported."""

import ctypes
import os

GOT = []


def attempt(what, act, *arguments):
    """Try one thing; note it if it was possible."""
    try:
        act(*arguments)
    except (OSError, ValueError, ImportError, AttributeError, MemoryError, RuntimeError):
        return
    GOT.append(what)


def call(number, *arguments):
    """Make a system call by its number on x86_64."""
    if os.uname().machine != "x86_64":
        raise OSError("the numbers are those of another machine")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def telling(function):
    """Let an honest function tell first what got through."""

    def told(*arguments):
        if GOT:
            raise RuntimeError("ESCAPED: " + ", ".join(map(str, GOT)))
        return function(*arguments)

    return told


make_vector = telling(make_vector)
matvec = telling(matvec)
