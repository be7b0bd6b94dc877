"""Tests of packing: the same bytes everywhere, and only files that are the same everywhere."""

import io
import zipfile
from pathlib import Path

import pytest

from grader.autograder import packing
from grader.errors import CourseError


def test_the_order_of_the_files_does_not_matter() -> None:
    """A zip depends on names, contents and which of them are programs."""
    files = {"b": b"2", "a": b"1"}

    assert packing.zipped(files) == packing.zipped(dict(sorted(files.items())))
    assert packing.zipped(files) != packing.zipped(files, ("a",))


def test_nothing_is_compressed() -> None:
    """Compressors differ from machine to machine, so none has a say in the bytes."""
    with zipfile.ZipFile(io.BytesIO(packing.zipped({"a": b"x" * 1000}))) as archive:
        (entry,) = archive.infolist()

    assert (entry.compress_size, entry.file_size) == (1000, 1000)
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_a_link_is_refused(tmp_path: Path) -> None:
    """What is a link here would be another file elsewhere."""
    (tmp_path / "data.csv").symlink_to("/etc/hostname")

    with pytest.raises(CourseError) as caught:
        packing.tree(tmp_path)

    assert str(caught.value) == (
        f"{tmp_path}/data.csv is a link or no file, and would not be the same elsewhere; put the "
        "file itself there"
    )


def test_what_a_run_leaves_behind_stays_out(tmp_path: Path) -> None:
    """Hidden files and Python's caches are passed over."""
    for name in ("a.py", ".git/config", "__pycache__/a.pyc", "deep/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)

    assert packing.tree(tmp_path) == {"a.py": b"a.py", "deep/b.txt": b"deep/b.txt"}


def test_no_folder_has_no_files(tmp_path: Path) -> None:
    """A folder that is not there is empty."""
    assert packing.tree(tmp_path / "none") == {}


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """What cannot be read is a sentence."""
    with pytest.raises(CourseError) as caught:
        packing.read(tmp_path / "none")

    assert str(caught.value) == (
        f"{tmp_path}/none cannot be read: No such file or directory; check the path and the "
        "permissions"
    )
