"""The folder of a trusted process goes with its maker, however that ends."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.sandbox.place import Place
from grader.trusted import Judge

MAKER = """
import sys
from grader.sandbox.place import Place
place = Place()
open(place.path + "/file", "w").close()
print(place.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder for temporary files that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def maker(beside: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a program that makes a place and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(beside)},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def killed(process: subprocess.Popen[str]) -> None:
    """Kill a program, and wait for its end."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_it_goes_when_it_is_removed(beside: Path) -> None:
    """What is in it goes too, and a second time does nothing."""
    place = Place()
    (Path(place.path) / "folder").mkdir()
    (Path(place.path) / "folder/file").touch()
    place.remove()
    place.remove()

    assert list(beside.iterdir()) == []


def test_children_may_pass_through_it(beside: Path) -> None:
    """Another user may go to a folder in it whose name is known, and may not list or write."""
    place = Place()
    mode = os.stat(place.path).st_mode & 0o777
    place.remove()

    assert mode == 0o711


def test_the_next_one_sweeps_what_was_left(beside: Path) -> None:
    """The folder of a maker that was killed goes when another is made; others stay."""
    dead, left = maker(beside)
    alive, used = maker(beside)
    killed(dead)
    before = left.exists()
    place = Place()
    after = sorted(beside.iterdir())
    ours = Path(place.path)
    place.remove()
    killed(alive)

    assert before
    assert after == sorted([used, ours])


@pytest.mark.parametrize("kind", ["open to all", "a link", "locked", "of another name"])
def test_what_is_not_ours_stays(
    kind: str, beside: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A folder that others may write to, a link, and what somebody holds is not touched."""
    path = beside / ("grader-something" if kind == "of another name" else "grader-judge-other")
    held = -1
    if kind == "a link":
        path.symlink_to(tmp_path_factory.mktemp("elsewhere"))
    else:
        path.mkdir(mode=0o700)
        path.chmod(0o777 if kind == "open to all" else 0o700)
    if kind == "locked":
        held = os.open(path, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
    (path / "file").touch()
    Place().remove()

    assert (path / "file").exists()
    if held >= 0:
        os.close(held)


def test_no_room_is_said(beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder for temporary files it says what to do."""
    monkeypatch.setattr(tempfile, "tempdir", str(beside / "gone"))
    with pytest.raises(SandboxError) as caught:
        Place()

    assert str(caught.value) == (
        "there is no place for temporary files: No such file or directory. Make room, or name a "
        "folder with room in the variable TMPDIR"
    )


ASKER = """
import signal
from grader.trusted import Judge
with Judge() as judge:
    print(judge.pid, flush=True)
    signal.pause()
"""


def test_a_judge_ends_with_its_asker(beside: Path) -> None:
    """When whoever asks is killed, the judge ends, and the next one removes what it leaves."""
    asker = subprocess.Popen(
        [sys.executable, "-c", ASKER],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(beside)},
    )
    assert asker.stdout is not None
    judge = int(asker.stdout.readline())
    killed(asker)
    deadline = time.monotonic() + 60
    while Path(f"/proc/{judge}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    left = len(list(beside.iterdir()))
    with Judge():
        during = len(list(beside.iterdir()))

    assert (left, during, len(list(beside.iterdir()))) == (1, 1, 0)
