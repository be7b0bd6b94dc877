"""escape_programs

Tries: other programs are started in every way that Python has.
Verdict: full marks for the honest answers; nothing starts.
"""

import os
import subprocess

command = ["/bin/sh", "-c", "touch /tmp/_attack_marker_program"]
attempt("run", subprocess.run, command)
attempt("spawn", os.posix_spawn, command[0], command, {})
attempt("popen", os.popen, command[2])
attempt("exec", os.execv, command[0], command)
attempt("execveat", call, 322, -100, b"/bin/true", None, None, 0)
if os.system(command[2]) == 0:
    GOT.append("system")
