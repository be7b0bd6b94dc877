"""deny_every_signal

Tries: death by other signals, the one that stands for a forbidden call among them.
Verdict: crashed or forbidden, and the rest keeps its points.
"""

import os
import signal


def make_vector():
    os.kill(os.getpid(), signal.SIGSYS)


def matvec(A, v):
    os.kill(os.getpid(), signal.SIGKILL)


def loss_fn(w, x, y):
    os.kill(os.getpid(), signal.SIGXCPU)
