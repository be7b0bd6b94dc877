"""stay_threads

Tries: a thread stays behind and patches the next check's module as soon as it is loaded.
Verdict: at most make_vector is lost; the process is replaced.
"""

import sys
import threading
import time

honest_vector = globals()["make_vector"]


def meddle():
    while True:
        module = sys.modules.get("exercise")
        if module is not None:
            module.matvec = lambda A, v: None
        time.sleep(0.001)


def make_vector():
    threading.Thread(target=meddle, daemon=True).start()
    return honest_vector()
