"""When a student committed what lies in a git clone.

A clone that somebody handed in may name programs in its configuration, and git runs them. So git is
asked in an empty repository of ours that borrows the clone's objects: nothing of the clone but
objects, branches and the list of shallow commits is ever read.
"""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{40}")
_REFERENCE = re.compile(r"ref: (refs/heads/[A-Za-z0-9][A-Za-z0-9._/-]{0,199})")
_MAX_TEXT = 4 << 20  # bytes of a list of branches
_PATIENCE_S = 20
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"


def last(clone: Path, paths: Sequence[str]) -> datetime | None:
    """Tell when a commit last changed one of these files; in UTC.

    Args:
        clone: the folder in which `.git` lies.
        paths: files below it, with / between the parts.

    Returns:
        None where there is no commit of them, or none that can be read.
    """
    commit = _head(clone / ".git")
    program = shutil.which("git")
    if commit is None or program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="grader-") as name:
        ours = Path(name)
        (ours / "refs").mkdir()
        (ours / "HEAD").write_text(f"{commit}\n")
        (ours / "config").write_text(_CONFIG)
        shallow = _text(clone / ".git" / "shallow")
        if shallow is not None:
            (ours / "shallow").write_text(shallow)
        return _asked(program, ours, clone / ".git" / "objects", commit, paths)


def _asked(
    program: str, ours: Path, objects: Path, commit: str, paths: Sequence[str]
) -> datetime | None:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_DIR": str(ours),
        "GIT_OBJECT_DIRECTORY": os.path.abspath(objects),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_ALLOW_PROTOCOL": "none",
    }
    try:
        ended = subprocess.run(
            [program, "log", "-1", "--format=%ct", commit, "--", *paths],
            cwd=ours,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_S,
        )
        return datetime.fromtimestamp(int(ended.stdout), UTC)
    # No such commit, a clone that is damaged, a year that no calendar has.
    except (ValueError, OverflowError, OSError, subprocess.TimeoutExpired):
        return None


def _head(place: Path) -> str | None:
    """Find the name of the commit that is checked out."""
    head = (_text(place / "HEAD") or "").strip()
    reference = _REFERENCE.fullmatch(head)
    if reference is None:
        return head if _NAME.fullmatch(head) else None
    name = reference[1]
    if ".." in name:
        return None
    loose = (_text(place / name) or "").strip()
    if _NAME.fullmatch(loose):
        return loose
    for line in (_text(place / "packed-refs") or "").splitlines():
        commit, _, packed = line.partition(" ")
        if packed == name and _NAME.fullmatch(commit):
            return commit
    return None


def _text(path: Path) -> str | None:
    """Read a small file that is no link; None where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            data = file.read(_MAX_TEXT + 1)
    except OSError:
        return None
    return data.decode("ascii", errors="replace") if len(data) <= _MAX_TEXT else None
