"""Real children behind the walls: a fresh interpreter, the walls, then the code of an attack."""

import json
import os
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
from grader.sandbox.walls import identity, kernel, landlock, seccomp

def attempt(name, act, *arguments):
    try:
        act(*arguments)
    except OSError as error:
        print(name, errno.errorcode[error.errno], flush=True)
    else:
        print(name, "possible", flush=True)

def call(name, *arguments):
    return kernel.syscall(seccomp.architecture().numbers[name], *arguments)

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
        attack: str, *, before: str = "", without: tuple[str, ...] = (), **plan: object
    ) -> subprocess.CompletedProcess[str]:
        words = json.dumps([textwrap.dedent(before), plan, without, textwrap.dedent(attack)])
        return subprocess.run(
            [sys.executable, "-I", "-W", "ignore", "-c", PROGRAM, str(REPOSITORY), words],
            env={**os.environ, "SECRET": "canary"},
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
