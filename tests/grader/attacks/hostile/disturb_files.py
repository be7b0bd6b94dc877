"""disturb_files

Tries: locks on files that others read, and other submissions looked for beside this one.
Verdict: full marks for the honest answers, and for a neighbour at the same time.
"""

import fcntl
import glob
import os

for path in (os.__file__, globals()["torch"].__file__, "/usr/lib"):
    try:
        number = os.open(path, os.O_RDONLY)
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError:
        continue
for pattern in ("/tmp/*/exercise.py", "/tmp/**/gradebook*", os.path.expanduser("~/*"), "./*"):
    GOT.extend(glob.glob(pattern))
