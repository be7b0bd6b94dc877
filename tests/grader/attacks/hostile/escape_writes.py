"""escape_writes

Tries: files, folders, links, pipes and devices in every place that may be writable but the scratch.
Verdict: full marks for the honest answers, and no marker appears.
"""

import os
import site

course = "__COURSE__"
for folder in (
    "/tmp", "/var/tmp", "/dev/shm", "/run", "/", "/root", os.path.dirname(os.getcwd()), course,
    course + "/solutions/exercise-01", *site.getsitepackages(), os.path.dirname(os.__file__),
):  # fmt: skip
    path = os.path.join(folder, "_attack_marker_writes")
    attempt(f"file in {folder}", open, path, "w")
    attempt(f"folder in {folder}", os.mkdir, path)
    attempt(f"link in {folder}", os.symlink, "/etc/passwd", path)
    attempt(f"pipe in {folder}", os.mkfifo, path)
    attempt(f"device in {folder}", os.mknod, path, 0o60600, os.makedev(8, 0))
    attempt(f"nameless file in {folder}", os.open, folder, os.O_TMPFILE | os.O_RDWR)
attempt("renaming", os.rename, course + "/gradebook.yml", course + "/_attack_marker_renamed")
attempt("removing", os.unlink, course + "/gradebook.yml")
attempt("cutting", os.truncate, course + "/gradebook.yml", 0)
