"""steal_course_files

Tries: hidden files are opened in every way that Python and the kernel offer.
Verdict: full marks for the honest answers, and nothing is told.
"""

import linecache
import mmap
import os
import runpy
import shutil
from pathlib import Path

root = "__COURSE__"
files = [
    root + "/solutions/exercise-01/exercise.py",
    root + "/tests/exercise-01/test_exercise.py",
    root + "/gradebook.yml",
]


def mapped(path):
    number = os.open(path, os.O_RDONLY | os.O_NOATIME)
    mmap.mmap(number, 0, prot=mmap.PROT_READ)


def below(path):
    folder = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY)
    os.read(os.open(os.path.basename(path), os.O_RDONLY, dir_fd=folder), 10)


for path in files:
    attempt(f"open {path}", open, path)
    attempt(f"mmap {path}", mapped, path)
    attempt(f"openat {path}", below, path)
    attempt(f"copy {path}", shutil.copyfile, path, "/tmp/_attack_marker_copy")
    attempt(f"link {path}", os.link, path, "/tmp/_attack_marker_link")
    attempt(f"run {path}", runpy.run_path, path)
    attempt(f"open for writing {path}", os.open, path, os.O_WRONLY)
    if any(linecache.getlines(path)):
        GOT.append("linecache")
attempt("listing", os.listdir, root)
attempt("walking", lambda: list(Path(root).iterdir()))
attempt("chdir", lambda: (os.chdir(root), os.listdir(".")))
