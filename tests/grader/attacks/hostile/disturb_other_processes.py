"""disturb_other_processes

Tries: limits, priority, processors and memory score of the judge and the parent are changed.
Verdict: full marks for the honest answers, and for a neighbour at the same time.
"""

import os
import resource

for process in (os.getppid(), int("__JUDGE__" if "__JUDGE__".isdigit() else "1")):
    attempt("reading limits", resource.prlimit, process, resource.RLIMIT_CORE)
    attempt("setting limits", resource.prlimit, process, resource.RLIMIT_NOFILE, (8, 8))
    attempt("priority", os.setpriority, os.PRIO_PROCESS, process, 19)
    attempt("processors", os.sched_setaffinity, process, {0})
    attempt("scheduling", call, 144, process, 5, bytes(8))
    attempt("input and output", call, 251, 1, process, 3 << 13)
    attempt("moving pages", call, 256, process, 1, bytes(8), bytes(8))
    attempt("score", lambda p=process: open(f"/proc/{p}/oom_score_adj", "w"))
for path in ("/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/memory/cgroup.procs"):
    attempt(path, os.open, path, os.O_WRONLY)
