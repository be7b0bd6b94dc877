"""deny_finalizers

Tries: what is freed when the next check begins sleeps first.
Verdict: full marks: the process is replaced when its next check does not begin.
"""

import sys
import time

sys.loads = getattr(sys, "loads", 0) + 1


class Clings:
    def __del__(self):
        if sys.loads > 4:
            time.sleep(3600)


# Kept where the next load lets go of it, and not when garbage happens to be collected.
sys.clings = Clings()
