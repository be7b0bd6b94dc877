"""deny_stop_after_answer

Tries: the process stops itself a moment after its answer, when nobody waits for it.
Verdict: full marks: the next check gets another process.
"""

import os
import signal

honest_vector = globals()["make_vector"]


def make_vector():
    signal.signal(signal.SIGVTALRM, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
    signal.pthread_sigmask(signal.SIG_BLOCK, ())
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    return honest_vector()
