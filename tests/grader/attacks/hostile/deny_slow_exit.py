"""deny_slow_exit

Tries: handlers at exit and finalizers that keep the process from ending.
Verdict: full marks for the honest answers, at the usual speed.
"""

import atexit
import sys
import threading
import time
import weakref


class Clings:
    def __del__(self):
        time.sleep(3600)


clings = Clings()
# Kept from load to load: freed in the middle of a later check, it would cost that check.
sys.clings = [*getattr(sys, "clings", ()), clings]
weakref.finalize(clings, time.sleep, 3600)
atexit.register(time.sleep, 3600)
threading._register_atexit(time.sleep, 3600)
