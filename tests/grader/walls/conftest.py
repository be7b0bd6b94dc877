"""Real children behind the walls: a fresh interpreter, the walls, then the code of an attack."""

import json
import os
import secrets
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox import walls

REPOSITORY = Path(__file__).parents[3]
NEEDED = ("parent", "no-capabilities", "landlock", "seccomp")

# Run as: PROGRAM repository [before, plan, without, attack].
PROGRAM = """
import errno, json, os, socket, struct, sys
sys.path.insert(0, sys.argv[1])
from grader.errors import ConfinementError
from grader.sandbox import walls
from grader.sandbox.walls import cgroups, identity, kernel, landlock, namespaces, seccomp

def attempt(name, act, *arguments):
    try:
        act(*arguments)
    except OSError as error:
        print(name, errno.errorcode[error.errno], flush=True)
    else:
        print(name, "possible", flush=True)

def call(name, *arguments):
    return kernel.syscall(seccomp.architecture().numbers[name], *arguments)

# From here on a call answers EPERM; with `third`, where this is its third argument.
def forbid(number, *, third=None):
    import ctypes
    which = [(0x20, 0, 0, 32), (0x15, 0, 1, third)] if third is not None else []
    lines = [(0x20, 0, 0, 0), (0x15, 0, len(which) + 1, number), *which]
    lines += [(6, 0, 0, 0x50001), (6, 0, 0, 0x7FFF0000)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(code)))
    kernel.set_flag(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.addressof(header))

before, plan, without, attack = json.loads(sys.argv[2])
exec(before)
try:
    standing = walls.build(walls.Plan(**plan), without=frozenset(without))
    walls.prove(standing)
except ConfinementError as error:
    sys.exit(str(error))
exec(attack)
"""


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the code of an attack behind the walls; skips where they cannot stand."""
    missing = {wall.name: wall.missing for wall in walls.available() if wall.missing}
    if lacking := {name: reason for name, reason in missing.items() if name in NEEDED}:
        pytest.skip(f"this machine lacks walls: {lacking}")

    def run(
        attack: str,
        *,
        before: str = "",
        without: tuple[str, ...] = (),
        stranger: tuple[int, str] | None = None,
        **plan: object,
    ) -> subprocess.CompletedProcess[str]:
        words = json.dumps([textwrap.dedent(before), plan, without, textwrap.dedent(attack)])
        user, python = stranger or (None, sys.executable)
        return subprocess.run(
            [python, "-I", "-B", "-W", "ignore", "-c", PROGRAM, str(REPOSITORY), words],
            env={**os.environ, "SECRET": "canary"},
            user=user,
            group=user,
            extra_groups=None if user is None else (),
            stdin=subprocess.PIPE,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def behind(run: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., list[str]]:
    """Run an attack to its end; returns the lines that it printed."""

    def behind(attack: str, **settings: object) -> list[str]:
        ended = run(attack, **settings)
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout.splitlines()

    return behind


@pytest.fixture
def stranger() -> tuple[int, str]:
    """A user that is not root and has no other process, and a Python that this user can start."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a process of another user")
    user = 61000 + secrets.randbelow(184)  # As `identity`, numbers that nobody gives out.
    code = "import sys; sys.path.insert(0, sys.argv[1]); from grader.sandbox import walls"
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            words = [python, "-I", "-B", "-c", code, str(REPOSITORY)]
            subprocess.run(
                words, user=user, group=user, extra_groups=(), check=True, capture_output=True
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return user, python
    pytest.skip("another user than root can start no Python that reads the grader")


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that everybody may read and write, were it not for the walls."""
    path = tmp_path / "hidden.py"
    path.write_text("CANARY")
    path.chmod(0o666)
    tmp_path.chmod(0o777)
    return path


@pytest.fixture
def scratch(tmp_path: Path) -> str:
    """The one folder that is writable."""
    path = tmp_path / "scratch"
    path.mkdir()
    return str(path)
