"""deny_killed_by_the_kernel

Tries: a death that looks like somebody else's, so that nobody can say who lost the check: SIGKILL
from a timer, at a limit of computing time, and by a system call without Python.
Verdict: each is refused, and costs its check; none is left ungraded.
"""

import ctypes
import os
import resource
import time

LIBC = ctypes.CDLL(None, use_errno=True)


def possible(answer):
    if answer == -1:
        raise OSError(ctypes.get_errno(), "refused")


def make_vector():
    # struct sigevent: a value, the signal, SIGEV_SIGNAL; struct itimerspec: once, after a moment.
    event = (ctypes.c_int * 16)(0, 0, 9, 0)
    timer = ctypes.c_void_p()
    possible(LIBC.timer_create(1, event, ctypes.byref(timer)))
    possible(LIBC.timer_settime(timer, 0, (ctypes.c_long * 4)(0, 0, 0, 1000), None))
    time.sleep(1)


def matvec(A, v):
    resource.setrlimit(resource.RLIMIT_CPU, (0, 0))
    while True:
        pass


def loss_fn(w, x, y):
    possible(LIBC.syscall(234, os.getpid(), os.getpid(), 9))
