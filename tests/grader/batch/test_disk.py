"""A disk that is full stops a batch with a sentence, and nothing is there by halves.

disk       a small disk of its own, with `fill(left)` and `make_room()`; root alone can mount one
"""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.gradebook import queries
from grader.gradebook.store import open_gradebook

if TYPE_CHECKING:
    from conftest import Desk

WRITER = """
def double(x):
    with open("notes", "wb") as file:
        file.write(bytes(4 << 20))
    return 2 * x

def half(x):
    return x / 2
"""


class Disk:
    """A file system in memory, of a few megabytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, left: int) -> None:
        """Leave so many bytes."""
        found = os.statvfs(self.path)
        self._ballast.write_bytes(bytes(found.f_bavail * found.f_frsize - left))

    def make_room(self) -> None:
        """Take away what fills it."""
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mount one."""
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=1777", "tmpfs", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no program to mount a small disk with")
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield Disk(path)
    subprocess.run(["umount", "-l", str(path)], check=True)


def whole(path: Path) -> None:
    """Demand a database that SQLite finds whole."""
    with closing(sqlite3.connect(path)) as found:
        assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def records(desk: "Desk", book: Path) -> dict[str, dict[str, object]]:
    """Read the graded attempts of a gradebook by student, without their times."""
    found: dict[str, dict[str, object]] = {}
    with closing(sqlite3.connect(book)) as opened:
        for student, text in opened.execute(
            "SELECT student, json FROM attempts JOIN submissions ON submissions.id = submission "
            "WHERE status = 'graded'"
        ):
            assert student not in found, "a student is there twice"
            found[student] = {**desk.steady(json.loads(text)), "student": student}
    return found


def test_a_gradebook_without_room(
    full: "Desk", disk: Disk, undisturbed: dict[str, dict[str, object]]
) -> None:
    """What was told is kept, the gradebook is whole, and with room it goes on to the same end."""
    book = disk.path / "gradebook.db"
    words = ("batch", "handed-in", "-j2", "--gradebook", str(book))
    with open_gradebook(str(book), "test") as opened:
        opened.enrol("ada")
        # What the next command needs to open it is there.
        disk.fill(left=220 << 10)
        stopped = full.run(*words)
        *told, last = stopped.stderr.splitlines()
        kept = {one.student for one in queries.attempts(opened)}
    disk.make_room()
    whole(book)
    ended = full.run(*words)

    assert stopped.returncode == 3
    assert stopped.stdout == ""
    assert last == (
        f"grade: the gradebook {book}: the disk is full. What was recorded before is kept. "
        "Make room and run the command again."
    )
    assert 0 < len(told) < len(full.answers)
    assert {line.split()[0] for line in told} == kept
    assert ended.returncode == 0, ended.stderr
    assert len(ended.stderr.splitlines()) == len(full.answers) - len(kept)
    assert records(full, book) == undisturbed


def test_a_file_of_results_without_room(
    full: "Desk", disk: Disk, undisturbed: dict[str, dict[str, object]]
) -> None:
    """The file ends with a whole line, and with room the same command writes all of it."""
    path = disk.path / "told.jsonl"
    words = ("batch", "handed-in", "-j2", "--json", str(path))
    disk.fill(left=8 << 10)
    stopped = full.run(*words)
    text = path.read_text()
    disk.make_room()
    ended = full.run(*words)

    assert stopped.returncode == 3
    assert stopped.stderr.splitlines()[-1] == (
        f"grade: {path} cannot be written: No space left on device. What was graded is kept in "
        "the gradebook; make room and run the command again"
    )
    assert text.endswith("}\n")
    told = {json.loads(line)["student"] for line in text.splitlines()}
    assert told == {line.split()[0] for line in stopped.stderr.splitlines()[:-1]}
    assert told < set(full.kept())
    assert ended.returncode == 0
    assert full.told(str(path)) == undisturbed


def test_temporary_files_without_room(desk: "Desk", disk: Disk) -> None:
    """Whoever could not write for want of room is ungraded, and graded when there is some."""
    desk.hand_in({"ada": desk.right, "bob": desk.answers["bob"], "eve": WRITER})
    disk.fill(left=3 << 20)
    stopped = desk.run("batch", "handed-in", "-j1", TMPDIR=str(disk.path))
    disk.make_room()
    ended = desk.run("batch", "handed-in", "-j1", TMPDIR=str(disk.path))

    assert stopped.returncode == 3
    assert sorted(stopped.stderr.splitlines()) == [
        "ada  exercise-01  4 / 4",
        "bob  exercise-01  3 / 4  (1 raised)",
        "eve  exercise-01  ungraded: the grader failed, not you: the disk for temporary files is "
        "full, with 0 KiB left; make room there",
    ]
    assert ended.returncode == 0
    assert ended.stderr == "eve  exercise-01  4 / 4\n"
    assert desk.kept() == {"ada": 1, "bob": 1, "eve": 1}
    assert os.listdir(disk.path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_table_without_room(desk: "Desk") -> None:
    """Without room for the table it says so; without room for progress it just goes on."""
    desk.hand_in({"ada": desk.right})
    with open("/dev/full", "w") as full:
        mute = desk.start("batch", "handed-in", "-j1", stderr=full.fileno())
        out, _ = mute.communicate(timeout=180)
        stopped = desk.start("batch", "handed-in", "-j1", stdout=full.fileno())
        _, err = stopped.communicate(timeout=180)

    assert (mute.returncode, stopped.returncode) == (0, 3)
    assert "exercise-01       1          0         0           1   4 / 4\n" in out
    assert err == (
        "grade: the table cannot be written: No space left on device. What was graded is kept in "
        "the gradebook; make room and run the command again\n"
    )
    assert desk.kept() == {"ada": 1}
