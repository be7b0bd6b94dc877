"""escape_fork

Tries: a second process, by fork, by clone and by multiprocessing.
Verdict: full marks for the honest answers; there is never more than one process.
"""

import multiprocessing
import os

parent = os.getpid()


def forked():
    if os.fork() == 0:
        os._exit(0)


def cloned(number, *arguments):
    call(number, *arguments)
    if os.getpid() != parent:
        os._exit(0)


attempt("fork", forked)
attempt("forkpty", lambda: os.forkpty()[0] or os._exit(0))
attempt("vfork", cloned, 57)
attempt("clone", cloned, 56, 17, 0, 0, 0, 0)
attempt("multiprocessing", lambda: multiprocessing.get_context("fork").Process(target=int).start())
attempt("spawned", lambda: multiprocessing.get_context("spawn").Process(target=int).start())
