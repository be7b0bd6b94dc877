"""The checks of an exercise: where they lie, what each is worth, and which version they are.

A check file is the teacher's, and is taken from the course alone, never from a submission.
"""

import hashlib
import sys
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from itertools import takewhile
from pathlib import Path

import pytest

from grader import shown
from grader.errors import CourseError
from grader.fixtures import check_id
from grader.records import Check, Exercise, Visibility


def check_files(exercise: Exercise) -> list[Path]:
    """List the exercise's check files, visible ones first.

    Raises:
        CourseError: there are none.
    """
    folders = (exercise.stub_dir, exercise.hidden_dir)
    files = [path for folder in folders for path in sorted(folder.glob("test_*.py"))]
    if not files:
        raise CourseError(
            f"{exercise.id} has no checks: there is no test_*.py in {folders[0]} or {folders[1]}."
        )
    return files


def digest_of(files: Sequence[Path]) -> str:
    """Digest names and contents of check files: SHA-256, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in files:
        text = path.read_bytes()
        digest.update(f"{path.name} {len(text)}\n".encode() + text)
    return digest.hexdigest()


def versions_of(paths: Sequence[Path]) -> tuple[tuple[int, ...], ...]:
    """Tell files and folders apart from what they were before, without reading them.

    A folder's changes when something in it comes or goes.
    """
    found = (path.stat() if path.exists() else None for path in paths)
    return tuple(
        (file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns) if file else ()
        for file in found
    )


def read_check(item: pytest.Item, exercise: Exercise, now: datetime | None) -> Check:
    """Read what a check is worth, what it needs and what it says, from its marks and docstring.

    Args:
        item: the check.
        exercise: the one that it belongs to.
        now: when it is graded, which may decide how much is told; None withholds nothing by mark.

    Raises:
        CourseError: the points are missing, or not a number with at most two decimals; or the mark
            that says how much is told does not.
    """
    points = item.get_closest_marker("points")
    needs = item.get_closest_marker("needs")
    values = points.args if points else ()
    if len(values) != 1 or type(values[0]) not in (int, float):
        raise CourseError(
            f"{item.nodeid} does not say what it is worth; put @pytest.mark.points(2) above it."
        )
    text = (getattr(getattr(item, "obj", None), "__doc__", None) or "").strip()
    title = " ".join(text.split("\n\n")[0].split()) or check_id(item).replace("_", " ")
    is_visible = item.path.parent == exercise.stub_dir
    visibility = Visibility.VISIBLE if is_visible else Visibility.HIDDEN
    return Check(
        id=check_id(item),
        title=title,
        points=Fraction(str(values[0])),
        visibility=visibility,
        needs=str(needs.args[0]) if needs and needs.args else None,
        shows=shown.of_mark(item, exercise, visibility, now),
    )


def read_again(item: pytest.Item) -> pytest.Item:
    """Collect a check's file anew, and find the check in it; the old one if it is not there.

    Its tensors and other values are those of the file again, whatever was done to the old ones.
    """
    old = item.getparent(pytest.Module)
    if old is None or old.parent is None:
        return item
    forget([item.path])
    module = pytest.Module.from_parent(old.parent, path=item.path)
    found = [each for each in item.session.genitems(module) if each.nodeid == item.nodeid]
    return found[0] if found else item


def forget(files: Sequence[Path]) -> None:
    """Drop the check files' modules: what one attempt left in them is not the next one's."""
    paths = set(map(str, files))
    # They were imported after this file. Not to look at all of torch's modules saves 3 MB, since
    # whatever is looked at in memory that processes share is copied.
    later = list(takewhile(lambda name: name != __name__, reversed(sys.modules)))
    for name in later:
        if getattr(sys.modules[name], "__file__", None) in paths:
            del sys.modules[name]
