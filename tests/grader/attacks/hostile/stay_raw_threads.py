"""stay_raw_threads

Tries: threads that Python's threading does not list patch the module of each later check.
Verdict: full marks: the process is replaced, as the kernel counts its threads.
"""

import _thread
import sys
import time

honest_vector = globals()["make_vector"]


def meddle():
    while True:
        module = sys.modules.get("exercise")
        if module is not None:
            module.matvec = lambda A, v: None
        time.sleep(0.001)


def make_vector():
    _thread.start_new_thread(meddle, ())
    return honest_vector()
