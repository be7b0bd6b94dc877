"""deny_later_imports

Tries: the file loads well three times and then hangs.
Verdict: full marks: what an earlier check left behind is no excuse, a new process loads it well.
"""

import sys

sys.loads = getattr(sys, "loads", 0) + 1
while sys.loads > 3:
    pass
