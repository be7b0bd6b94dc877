"""stay_timers

Tries: alarms, timers and a delayed dump of the stack, which go off in a later check.
Verdict: full marks for the honest answers.
"""

import faulthandler
import signal

honest_vector = globals()["make_vector"]


def make_vector():
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    signal.setitimer(signal.ITIMER_PROF, 0.05)
    faulthandler.dump_traceback_later(0.05, exit=True)
    return honest_vector()
