"""Tests of the wheel that travels: whole, listed, and the same each time."""

import hashlib
from base64 import urlsafe_b64decode
from pathlib import Path

import grader
from grader import __version__
from grader.autograder import wheel

from .conftest import inside


def test_the_same_package_gives_the_same_bytes() -> None:
    """Two wheels of one installation are equal bit for bit, with the version in their name."""
    name, data = wheel.build()

    assert name == f"pytorch_grader-{__version__}-py3-none-any.whl"
    assert (name, data) == wheel.build()


def test_it_lists_each_of_its_files_with_its_hash() -> None:
    """RECORD names everything in the wheel, itself without a hash."""
    files = inside(wheel.build()[1])
    (record,) = (each for each in files if each.endswith(".dist-info/RECORD"))
    listed = dict(line.split(",", 1) for line in files[record].decode().splitlines())

    assert listed.keys() == files.keys()
    assert listed.pop(record) == ","
    for each, stated in listed.items():
        digest, size = stated.removeprefix("sha256=").split(",")
        assert urlsafe_b64decode(digest + "=") == hashlib.sha256(files[each]).digest()
        assert int(size) == len(files[each])


def test_it_holds_the_package_that_runs() -> None:
    """Every module is in it, and every other file that the package has; no tests and no caches."""
    files = inside(wheel.build()[1])
    folder = Path(grader.__file__).parent
    modules = {f"grader/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*.py")}
    modules = {name for name in modules if not name.startswith("grader/attacks/")}

    assert modules <= files.keys()
    assert {"grader/reports/attempt.schema.json", "grader/autograder/setup.sh"} <= files.keys()
    assert not [name for name in files if "__pycache__" in name or name.startswith("tests")]
