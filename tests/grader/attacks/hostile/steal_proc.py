"""steal_proc

Tries: /proc is read: command lines, environments, memory and open files of the parent and the judge.
Verdict: full marks for the honest answers; /proc is closed.
"""

import os

for process in (os.getppid(), "__JUDGE__", 1, "self"):
    for what in ("cmdline", "environ", "maps", "mem", "status", "stack", "io", "syscall"):
        attempt(f"{process}/{what}", lambda p=process, w=what: open(f"/proc/{p}/{w}", "rb").read(1))
    # Its own working folder is its scratch, which it may read.
    for what in ("root", "exe") if process == "self" else ("cwd", "root", "exe"):
        attempt(f"{process}/{what}/", os.listdir, f"/proc/{process}/{what}")
    attempt(f"{process}/fd", os.listdir, f"/proc/{process}/fd")
attempt("/proc", os.listdir, "/proc")
