"""disturb_watch

Tries: folders that others use are watched for names.
Verdict: full marks for the honest answers; nothing can be watched.
"""

import fcntl
import os


def watched(path):
    number = os.open(path, os.O_RDONLY)
    fcntl.fcntl(number, fcntl.F_NOTIFY, 0x7FFFFFFF)


attempt("inotify", call, 253)
attempt("inotify1", call, 294, 0)
attempt("fanotify", call, 300, 0, 0)
for folder in ("/tmp", "/dev/shm", "/proc", "__COURSE__"):
    attempt(f"watching {folder}", watched, folder)
