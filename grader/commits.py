"""What a git clone remembers of its files: when one was committed last, and what it once said.

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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{40}")
_REFERENCE = re.compile(r"ref: (refs/heads/[A-Za-z0-9][A-Za-z0-9._/-]{0,199})")
_MAX_TEXT = 4 << 20  # bytes of a list of branches
_MAX_CHANGES = 200
_PATIENCE_S = 20
# Windows has neither of them, and nothing there that they keep out.
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"


@dataclass(frozen=True)
class History:
    """The texts that a file had in the commits that changed it, the first commit first.

    `is_whole` is whether the first of them is where the file began: a shallow clone, and one with
    more changes than are looked at, cannot tell.
    """

    texts: tuple[str, ...]
    is_whole: bool


def last(clone: Path, paths: Sequence[str]) -> datetime | None:
    """Tell when a commit last changed one of these files; in UTC.

    Args:
        clone: the folder in which `.git` lies.
        paths: files below it, with / between the parts.

    Returns:
        None where there is no commit of them, or none that can be read.
    """
    with _borrowed(clone) as git:
        listed = git and git.ask(["log", "-1", "--format=%ct", git.commit, "--", *paths])
    try:
        return datetime.fromtimestamp(int(listed), UTC) if listed else None
    except (ValueError, OverflowError, OSError):  # A year that no calendar has.
        return None


def history(clone: Path, path: str) -> History:
    """Read what a file said in each commit that changed it.

    Args:
        clone: the folder in which `.git` lies.
        path: a file below it, with / between the parts.

    Returns:
        No texts where there is no commit of it, or none that can be read.
    """
    with _borrowed(clone) as git:
        words = ["log", f"-{_MAX_CHANGES}", "--format=%H", "--diff-filter=AM", "--no-renames"]
        listed = git and git.ask([*words, git.commit, "--", path])
        if git is None or not listed or "\n" in path:
            return History((), is_whole=False)
        commits = listed.decode().split()[::-1]
        wanted = "".join(f"{commit}:{path}\n" for commit in commits)
        told = git.ask(["cat-file", "--batch"], wanted.encode()) or b""
        is_whole = len(commits) < _MAX_CHANGES and not git.is_shallow
        return History(tuple(_texts(told)), is_whole)


def _texts(told: bytes) -> Iterator[str]:
    """Read what `git cat-file --batch` writes: for each object a line with its size, and itself."""
    while told:
        line, _, told = told.partition(b"\n")
        match line.split():
            case [_, b"blob", size]:
                yield told[: int(size)].decode(errors="replace")
                told = told[int(size) + 1 :]


@dataclass(frozen=True)
class _Git:
    """git, in an empty repository at `ours` that borrows `objects`."""

    program: str
    ours: Path
    objects: Path
    commit: str
    is_shallow: bool

    def ask(self, words: Sequence[str], data: bytes = b"") -> bytes | None:
        """Run git on the borrowed objects; None where it fails."""
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "GIT_DIR": str(self.ours),
            "GIT_OBJECT_DIRECTORY": os.path.abspath(self.objects),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_ALLOW_PROTOCOL": "none",
        }
        # Without it no program starts on Windows.
        environment |= {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
        try:
            ended = subprocess.run(
                [self.program, *words],
                cwd=self.ours,
                env=environment,
                input=data,
                capture_output=True,
                check=False,
                timeout=_PATIENCE_S,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return None if ended.returncode else ended.stdout


@contextmanager
def _borrowed(clone: Path) -> Iterator[_Git | None]:
    """Borrow the objects of a clone; None where it has no commit, or there is no git."""
    commit = _head(clone / ".git")
    program = shutil.which("git")
    if commit is None or program is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="grader-") as name:
        ours = Path(name)
        (ours / "refs").mkdir()
        (ours / "HEAD").write_text(f"{commit}\n")
        (ours / "config").write_text(_CONFIG)
        shallow = _text(clone / ".git" / "shallow")
        if shallow is not None:
            (ours / "shallow").write_text(shallow)
        yield _Git(program, ours, clone / ".git" / "objects", commit, shallow is not None)


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
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            data = file.read(_MAX_TEXT + 1)
    except OSError:
        return None
    return data.decode("ascii", errors="replace") if len(data) <= _MAX_TEXT else None
