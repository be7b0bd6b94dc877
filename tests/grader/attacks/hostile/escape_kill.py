"""escape_kill

Tries: signals to the parent, the judge and their groups, by every call that sends one.
Verdict: full marks for the honest answers, and the judge lives.
"""

import os
import signal

for process in (os.getppid(), int("__JUDGE__" if "__JUDGE__".isdigit() else "1")):
    if process <= 1:
        continue
    attempt("kill 0", os.kill, process, 0)
    attempt("kill", os.kill, process, signal.SIGTERM)
    attempt("tkill", call, 200, process, 0)
    attempt("tgkill", call, 234, process, process, 0)
    attempt("sigqueue", call, 129, process, 0, bytes(128))
    attempt("pidfd_open", lambda p=process: call(434, p, 0))
    attempt("killpg", os.killpg, os.getpgid(0) if os.getpgid(0) != os.getpid() else process, 0)
