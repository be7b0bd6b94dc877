"""A folder is released to again and again; only what a release wrote is replaced or removed."""

import hashlib
import os
import resource
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.release import folder as place
from grader.release.folder import LIST, Changes

FIRST = {"README.md": b"one", "exercises/a/x.py": b"x", "exercises/b/y.py": b"y"}
SECOND = {"README.md": b"two", "exercises/a/x.py": b"x", "sealed/z": b"\0z"}


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder, but for the list of a release."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != LIST
    }


def refused(files: dict[str, bytes], folder: Path) -> str:
    """Say why a release may not be written."""
    with pytest.raises(CourseError) as caught:
        place.demand_own(folder, place.compare(files, folder))
    return str(caught.value).replace(str(folder), "FOLDER")


def test_a_release_is_what_was_planned(tmp_path: Path) -> None:
    """A new folder holds the files, readable to all and executable to none, and their list."""
    folder = tmp_path / "students"
    place.write(FIRST, folder)

    assert contents(folder) == FIRST
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o644}
    subprocess.run(["sha256sum", "--check", "--quiet", LIST], cwd=folder, check=True)


def test_the_next_release_replaces_its_own_files_only(tmp_path: Path) -> None:
    """What changed is written, what leaves no longer goes with its folder, the rest stays."""
    place.write(FIRST, tmp_path)
    (tmp_path / "LICENSE").write_bytes(b"mine")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(b"ref")
    changes = place.compare(SECOND, tmp_path)
    place.demand_own(tmp_path, changes)
    place.write(SECOND, tmp_path)

    assert changes == Changes(
        new=("sealed/z",), changed=(LIST, "README.md"), gone=("exercises/b/y.py",)
    )
    assert contents(tmp_path) == {**SECOND, "LICENSE": b"mine", ".git/HEAD": b"ref"}
    assert not (tmp_path / "exercises" / "b").exists()


def test_a_release_twice_changes_nothing(tmp_path: Path) -> None:
    """What is as it should be is not written again."""
    place.write(FIRST, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.py")}
    place.write(FIRST, tmp_path)

    assert place.compare(FIRST, tmp_path).is_none
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.py")}


def test_a_file_that_may_be_run_is_put_right(tmp_path: Path) -> None:
    """A mode that no release gives is a change."""
    place.write(FIRST, tmp_path)
    (tmp_path / "README.md").chmod(0o755)
    changes = place.compare(FIRST, tmp_path)
    place.write(FIRST, tmp_path)

    assert changes == Changes(changed=("README.md",))
    assert (tmp_path / "README.md").stat().st_mode & 0o777 == 0o644


def test_what_somebody_wrote_is_not_written_over(tmp_path: Path) -> None:
    """A stub in which work was done, and a file in the place of a new one, are told."""
    place.write(FIRST, tmp_path)
    (tmp_path / "exercises/b/y.py").write_bytes(b"my answer")
    (tmp_path / "sealed").mkdir()
    (tmp_path / "sealed/z").write_bytes(b"other")

    assert refused(SECOND, tmp_path) == (
        "FOLDER holds what no release has written as it is: exercises/b/y.py, sealed/z. Move it "
        "away, or write over it with --force"
    )


def test_a_folder_of_something_else_is_not_released_to(tmp_path: Path) -> None:
    """A folder without a release has to be empty, but for a clone's .git."""
    (tmp_path / ".git").mkdir()
    place.demand_own(tmp_path, place.compare(FIRST, tmp_path))
    (tmp_path / "thesis.tex").touch()

    assert refused(FIRST, tmp_path) == (
        "FOLDER is not empty and holds no earlier release: thesis.tex. Name an empty folder, or "
        "write beside that with --force"
    )


def test_no_release_is_written_through_a_link(tmp_path: Path) -> None:
    """A link in the place of a file or a folder is told, and what it leads to stays."""
    (tmp_path / "students").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "students/exercises").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CourseError) as caught:
        place.write(FIRST, tmp_path / "students")

    assert str(caught.value) == (
        f"{tmp_path}/students/exercises is a link, and a release is written through none; remove it"
    )
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "line", ["nonsense", f"{'0' * 64}  ../outside", f"{'0' * 64}  .git/config"]
)
def test_a_list_that_no_release_wrote_is_told(line: str, tmp_path: Path) -> None:
    """A list whose lines lead elsewhere removes nothing."""
    (tmp_path / LIST).write_text(f"{'0' * 64}  README.md\n{line}\n")
    with pytest.raises(CourseError) as caught:
        place.compare(FIRST, tmp_path)

    assert str(caught.value) == (
        f"{tmp_path / LIST} line 2 is no line of a release; take the file as git has it, or write "
        "anew with --force once it is removed"
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("..", "holds the course itself; name another folder, beside it"),
        (".", "holds the course itself; name another folder, beside it"),
        ("solutions", "lies within the course's own trees; name a folder elsewhere"),
        ("tests/new", "lies within the course's own trees; name a folder elsewhere"),
        ("gradebook.yml", "is no folder; name one that is empty or not there yet"),
    ],
)
def test_the_course_is_no_place_for_a_release(name: str, told: str, tmp_path: Path) -> None:
    """The course, what is around it, and the trees that stay are refused."""
    root = tmp_path / "course"
    (root / "solutions").mkdir(parents=True)
    (root / "gradebook.yml").touch()
    with pytest.raises(CourseError) as caught:
        place.demand_place(root / name, root)

    assert str(caught.value) == f"{root / name} {told}"


def test_a_release_that_stopped_half_way_is_gone_on_with(tmp_path: Path) -> None:
    """A full disk is told; what was written is known as a release's, and the next one ends it."""
    place.write(FIRST, tmp_path)
    later = {**SECOND, "exercises/c/large.bin": bytes(100_000)}
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, allowed[1]))
    try:
        with pytest.raises(CourseError) as caught:
            place.write(later, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    half = contents(tmp_path)
    place.demand_own(tmp_path, place.compare(FIRST, tmp_path))
    place.demand_own(tmp_path, place.compare(later, tmp_path))
    place.write(later, tmp_path)

    assert str(caught.value).endswith(
        "cannot be written: File too large; when that is put right, release again: it goes on from "
        "here"
    )
    assert half["README.md"] == b"two"
    assert contents(tmp_path) == later
    assert not any(name.startswith(".release.tmp") for name in os.listdir(tmp_path))


NAMES = st.sampled_from(["a", "b/a", "b/c", "d/e/f", "README.md"])
RELEASE = st.dictionaries(NAMES, st.binary(max_size=2), min_size=1)


@given(st.lists(RELEASE, min_size=1, max_size=4), st.dictionaries(
    st.sampled_from(["own", "b/own", "x/own"]), st.binary(max_size=2)))  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_whatever_was_released_before(
    tmp_path_factory: pytest.TempPathFactory,
    releases: list[dict[str, bytes]],
    theirs: dict[str, bytes],
) -> None:
    """After any releases the folder holds the last one, and what somebody else put beside it."""
    folder = tmp_path_factory.mktemp("students")
    for number, release in enumerate(releases):
        place.demand_own(folder, place.compare(release, folder))
        place.write(release, folder)
        for name, data in theirs.items() if number == 0 else ():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)

    assert contents(folder) == {**theirs, **releases[-1]}
    lines = (folder / LIST).read_text().splitlines()
    assert lines == [
        f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(releases[-1].items())
    ]
