"""The one folder that a child may write to: private, bounded, emptied between checks, and gone."""

import os
import stat

import pytest

from grader.sandbox import scratch
from grader.sandbox.scratch import Scratch


@pytest.fixture
def place():
    """A scratch folder that is removed afterwards."""
    made = Scratch()
    yield made
    if os.path.exists(made.path):
        made.remove()


def test_private(place):
    """The folder is empty and only its owner's."""
    assert os.listdir(place.path) == []
    assert stat.S_IMODE(os.stat(place.path).st_mode) == 0o700
    assert place.excess() == ""


def test_many_files_are_too_many(place):
    """The number of files and folders is bounded, whatever their size."""
    for number in range(scratch.MAX_ENTRIES + 1):
        os.mkdir(f"{place.path}/{number}")

    assert place.excess() == "more than 1000 files"


def test_large_files_are_too_large(place):
    """The sum of sizes is bounded, below folders too."""
    os.mkdir(f"{place.path}/deep")
    for number in range(2):
        with open(f"{place.path}/deep/{number}", "wb") as file:
            file.truncate(scratch.MAX_BYTES // 2 + 1)

    assert place.excess() == "more than 64 MiB of files"


def test_deep_folders_are_too_much(place):
    """Folders nested deeper than anybody needs count as too much, and are still removed."""
    path = place.path
    for _ in range(200):
        path += "/d"
        os.mkdir(path)

    assert place.excess()
    place.remove()
    assert not os.path.exists(place.path)


def test_empty_leaves_the_folder(place):
    """Emptying removes everything below, locked folders and links too, and keeps the folder."""
    os.makedirs(f"{place.path}/a/b")
    os.symlink("/etc", f"{place.path}/link")
    with open(f"{place.path}/a/b/file", "w") as file:
        file.write("x")
    os.chmod(f"{place.path}/a", 0)
    place.empty()

    assert os.listdir(place.path) == []
    assert os.path.isdir("/etc")


def test_emptying_gives_up(place):
    """A folder in which there is far too much is not emptied: its child may go on filling it."""
    for number in range(2 * scratch.MAX_ENTRIES + 1):
        os.mkdir(f"{place.path}/{number}")

    with pytest.raises(OSError, match="there is always more in it"):
        place.empty()


def test_removed_folder_is_not_too_much(place):
    """A folder that its child has removed is no error."""
    os.rmdir(place.path)

    assert place.excess() == ""
    os.mkdir(place.path)


def test_no_depth_outlasts_removal(place):
    """Folders deeper than any recursion, with names longer together than any path, are removed."""
    here = os.getcwd()
    os.chdir(place.path)
    try:
        for _ in range(3000):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
    finally:
        os.chdir(here)

    assert place.excess()
    place.remove()
    assert not os.path.exists(place.path)


def test_emptying_gives_up_on_a_writer(place):
    """Emptying ends with an error where there is more after as many looks as are allowed."""
    os.makedirs(f"{place.path}/a/b/c")

    with pytest.raises(OSError, match="there is always more in it"):
        scratch.clear(place.path, 1)
