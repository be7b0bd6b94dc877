"""A submission is read bounded and without following links, or refused in one sentence."""

import json
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import submissions
from grader.errors import SubmissionError
from grader.records import Exercise, Isolation, Limits, Source
from grader.submissions import read

ONE = Exercise(
    id="exercise-03",
    title="Gradients",
    files=("gradients.py",),
    points=Fraction(10),
    limits=Limits(),
    isolation=Isolation.SUBMISSION,
    stub_dir=Path("exercises/exercise-03"),
    reference_dir=Path("solutions/exercise-03"),
    hidden_dir=Path("tests/exercise-03"),
)
TWO = replace(ONE, files=("gradients.py", "descent.py"))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the many examples of a property."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of a user who is not root, who may read everything; the test runs as that user."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        folder.chmod(0o777)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)


def refusal(path: Path, exercise: Exercise = ONE, shown: str | None = "ada") -> str:
    """Read a submission that must be refused, and return the sentence."""
    with pytest.raises(SubmissionError) as caught:
        read(path, exercise, shown)
    return str(caught.value)


def test_a_folder_gives_the_files_of_the_exercise(tmp_path: Path) -> None:
    """The files that the exercise names are taken in its order; other names are told."""
    (tmp_path / "descent.py").write_text("b = 2\n")
    (tmp_path / "gradients.py").write_text("a = 1\n")
    (tmp_path / "notes.txt").write_text("not asked for")
    (tmp_path / "hints.yml").write_text("given to every student")
    submission = read(tmp_path, TWO)

    assert submission.path == str(tmp_path)
    assert submission.sources == (
        Source("gradients.py", "a = 1\n"),
        Source("descent.py", "b = 2\n"),
    )
    assert submission.missing == ()
    assert submission.ignored == ("notes.txt",)


def test_the_path_that_is_shown_is_the_path_of_the_record(tmp_path: Path) -> None:
    """A submission is known by the name that was asked for."""
    (tmp_path / "gradients.py").write_text("")

    assert read(tmp_path, ONE, "ada").path == "ada"


def test_an_absent_file_is_missing(tmp_path: Path) -> None:
    """A submission that has one of two files is taken, and the other is listed as missing."""
    (tmp_path / "descent.py").write_text("")
    submission = read(tmp_path, TWO)

    assert submission.missing == ("gradients.py",)
    assert submission.sources == (Source("descent.py", ""),)


def test_what_every_submission_may_hold_is_not_mentioned(tmp_path: Path) -> None:
    """Caches, hidden files, the README, checks and the notebook form are no news."""
    for name in (".git", "__pycache__"):
        (tmp_path / name).mkdir()
    for name in ("README.md", "test_gradients.py", "gradients.ipynb", "gradients.py", "my.ipynb"):
        (tmp_path / name).write_text("")

    assert read(tmp_path, ONE).ignored == ("my.ipynb",)


def written(path: Path, text: str, **more: object) -> None:
    """Write a notebook of one code cell."""
    cell = {"cell_type": "code", "source": text, "outputs": [{"data": "10 / 10"}]}
    path.write_text(json.dumps({"nbformat": 4, "cells": [cell], **more}))


def test_a_notebook_stands_for_all_files(tmp_path: Path) -> None:
    """A notebook of any name is taken, with a map of its cells, and no file is missing."""
    written(tmp_path / "Work.IPYNB", "a = 1\n")
    submission = read(tmp_path / "Work.IPYNB", TWO)

    assert submission.sources == (Source("gradients.py", "a = 1\n\n", ((1, 1),)),)
    assert (submission.missing, submission.notes) == ((), ())


def test_a_folder_may_hold_a_notebook(tmp_path: Path) -> None:
    """The notebook of a folder without files is taken, and is not mentioned as ignored."""
    written(tmp_path / "my.ipynb", "%matplotlib inline\na = 1")
    (tmp_path / "data.csv").touch()
    submission = read(tmp_path, ONE)

    assert submission.sources[0].cells == ((1, 1),)
    assert submission.ignored == ("data.csv",)
    assert submission.notes == (
        "for Jupyter alone, and left out: cell 1, line 1 (`%matplotlib inline`)",
    )


def test_files_go_before_an_untouched_notebook(tmp_path: Path) -> None:
    """Where a folder holds both, the notebook is taken only if more is written in it."""
    stub = "def f():\n    raise NotImplementedError"
    written(tmp_path / "gradients.ipynb", stub)
    (tmp_path / "gradients.py").write_text("def f(): return 1")
    file = read(tmp_path, ONE)
    (tmp_path / "gradients.py").write_text(stub)
    written(tmp_path / "gradients.ipynb", "def f(): return 1")
    notebook = read(tmp_path, ONE)

    assert (file.sources[0].cells, file.notes, file.ignored) == ((), (), ())
    assert notebook.sources[0].cells == ((1, 1),)
    assert notebook.notes == (
        "gradients.ipynb is graded, and not gradients.py, where more is left to be written",
    )


def test_a_notebook_has_a_digest_of_its_own(tmp_path: Path) -> None:
    """The same code in other cells is another submission; outputs and metadata are not."""
    written(tmp_path / "a.ipynb", "a = 1\n\n\nb = 2")
    written(tmp_path / "b.ipynb", "a = 1\n\n\nb = 2", metadata={"kept": True})
    (tmp_path / "c.py").write_text("a = 1\n\n\nb = 2\n")
    first, again, file = (read(tmp_path / n, ONE) for n in ("a.ipynb", "b.ipynb", "c.py"))

    assert first.digest == again.digest != file.digest
    assert first.sources[0].text == file.sources[0].text


def test_a_large_notebook_is_read_and_a_huge_one_is_not(tmp_path: Path) -> None:
    """Megabytes of stored plots are read past; beyond 16 MiB the remedy is told."""
    written(tmp_path / "a.ipynb", "a = 1", metadata={"plot": "x" * (8 << 20)})
    with open(tmp_path / "b.ipynb", "wb") as file:
        file.truncate(100 << 20)

    assert read(tmp_path / "a.ipynb", ONE).sources[0].text == "a = 1\n"
    assert refusal(tmp_path / "b.ipynb") == (
        "ada: the file holds 104,857,600 bytes, and at most 16,777,216 are read; clear its outputs "
        "in Jupyter and save it"
    )


def test_a_notebook_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link out of the folder is refused in the place of a notebook as in that of a file."""
    (tmp_path / "gradients.ipynb").symlink_to("/etc/passwd")

    assert "symbolic link to '/etc/passwd'" in refusal(tmp_path)
    assert "symbolic link to '/etc/passwd'" in refusal(tmp_path / "gradients.ipynb")


def test_what_was_run_in_a_notebook_is_a_submission() -> None:
    """Cells that were run come with the numbers that Jupyter gave them; commands are left out."""
    submission = submissions.of_cells([(1, "!ls"), (7, "a = 1\n!ls")], ONE, "this notebook")

    assert submission.path == "this notebook"
    assert submission.sources == (Source("gradients.py", "a = 1\npass  # !ls\n", ((7, 1),)),)


def test_nothing_run_is_nothing_to_grade() -> None:
    """A notebook in which nothing was run is told to be run."""
    with pytest.raises(SubmissionError) as caught:
        submissions.of_cells([(1, "%grade 3"), (2, "")], ONE, "this notebook")

    assert str(caught.value) == (
        "this notebook: no cell with code was run; run those of exercise-03"
    )


def test_ten_thousand_names_are_counted_quickly(tmp_path: Path) -> None:
    """Of very many names twenty are listed, the others counted, and nobody waits."""
    for number in range(10_000):
        (tmp_path / f"n{number:05d}").touch()
    (tmp_path / "gradients.py").write_text("")
    start = time.perf_counter()
    ignored = read(tmp_path, ONE).ignored
    seconds = time.perf_counter() - start

    assert ignored[:2] == ("n00000", "n00001")
    assert ignored[19:] == ("n00019", "and 9,980 more")
    assert seconds < 1


def test_a_huge_folder_is_not_counted_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a bound the names that are left are not even listed."""
    monkeypatch.setattr(submissions, "_MAX_ENTRIES", 30)
    for number in range(99):
        (tmp_path / f"n{number}").touch()

    assert refusal(tmp_path).endswith(", and at least 10 more")


def test_a_name_that_is_no_text_is_shown_escaped(tmp_path: Path) -> None:
    """Names with control characters or broken bytes cannot harm a terminal or a report."""
    (tmp_path / "gradients.py").write_text("")
    (tmp_path / "a\x1b[2J").touch()
    with open(os.path.join(os.fsencode(tmp_path), b"b\xff"), "w"):
        pass

    assert read(tmp_path, ONE).ignored == ("a\\x1b[2J", "b\\udcff")


def test_a_file_stands_for_the_file_of_its_name(tmp_path: Path) -> None:
    """A single file is taken for the exercise's file of that name; the others are missing."""
    (tmp_path / "descent.py").write_text("b = 2")
    submission = read(tmp_path / "descent.py", TWO)

    assert submission.sources == (Source("descent.py", "b = 2"),)
    assert submission.missing == ("gradients.py",)


def test_a_file_of_any_name_stands_for_the_only_file(tmp_path: Path) -> None:
    """Where the exercise has one file, a Python file of another name is that file."""
    (tmp_path / "mine.py").write_text("a = 1")

    assert read(tmp_path / "mine.py", ONE).sources == (Source("gradients.py", "a = 1"),)


def test_a_file_is_found_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare name is a file of the working folder, and `.` is the folder itself."""
    (tmp_path / "gradients.py").write_text("a = 1")
    monkeypatch.chdir(tmp_path)

    assert read(Path("gradients.py"), ONE).sources == read(Path("."), ONE).sources


@pytest.mark.parametrize(
    "data", [b"a = 1\r\nb = 2\r\n", b"a = 1\rb = 2\r", b"\xef\xbb\xbfa = 1\nb = 2\n"]
)
def test_line_ends_and_the_byte_order_mark_do_not_matter(tmp_path: Path, data: bytes) -> None:
    """The same code saved by another system has the same text and the same digest."""
    (tmp_path / "gradients.py").write_bytes(b"a = 1\nb = 2\n")
    expected = read(tmp_path, ONE)
    (tmp_path / "gradients.py").write_bytes(data)

    assert read(tmp_path, ONE) == expected


def test_the_digest_tells_names_and_texts_apart(tmp_path: Path) -> None:
    """Text that moves from one file to the other changes the digest; the place does not."""
    digests = set()
    for first, second in (("a", "b"), ("", "ab"), ("adescent.py", "b"), ("a", "descent.pyb")):
        (tmp_path / "gradients.py").write_text(first)
        (tmp_path / "descent.py").write_text(second)
        digests |= {read(tmp_path, TWO).digest, read(tmp_path, TWO, "ada").digest}

    assert len(digests) == 4
    assert {len(digest) for digest in digests} == {64}


def test_a_link_to_a_neighbour_is_followed(tmp_path: Path) -> None:
    """A link to another name of the same folder is as good as that file."""
    (tmp_path / "v2.py").write_text("a = 2")
    (tmp_path / "gradients.py").symlink_to("v2.py")

    assert read(tmp_path, ONE).sources == (Source("gradients.py", "a = 2"),)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("../solution.py", "and links are not followed; hand in the file itself"),
        ("sub/x.py", "and links are not followed; hand in the file itself"),
        ("/dev/zero", "and links are not followed; hand in the file itself"),
        ("..", "and links are not followed; hand in the file itself"),
        ("gone.py", "which is not there; hand in the file itself"),
    ],
)
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, target: str, told: str) -> None:
    """A link that leads elsewhere or nowhere is refused, whether or not something is there."""
    (tmp_path / "solution.py").write_text("a = 1")
    (tmp_path / "ada" / "sub").mkdir(parents=True)
    (tmp_path / "ada" / "sub" / "x.py").write_text("a = 1")
    (tmp_path / "ada" / "gradients.py").symlink_to(target)
    message = f"ada/gradients.py: this is a symbolic link to '{target}', {told}"

    assert refusal(tmp_path / "ada") == message
    assert refusal(tmp_path / "ada" / "gradients.py", shown="ada/gradients.py") == message


def test_a_link_to_a_link_is_refused(tmp_path: Path) -> None:
    """A chain of links inside the folder does not lead out of it."""
    (tmp_path / "gradients.py").symlink_to("b.py")
    (tmp_path / "b.py").symlink_to("/etc/passwd")

    assert refusal(tmp_path) == (
        "ada/gradients.py: this is a link, not a file; hand in the file itself"
    )


@pytest.mark.parametrize("target", ["folder", "gone"])
def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path, target: str) -> None:
    """A handed-in link cannot make another folder a submission."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "gradients.py").write_text("")
    (tmp_path / "ada").symlink_to(target)

    assert refusal(tmp_path / "ada") == (
        f"ada: this is a symbolic link to '{target}'; name the folder or file itself"
    )


def make_large(path: Path) -> None:
    """Make a file of 1 GB that takes no room."""
    with path.open("wb") as file:
        file.truncate(10**9)


def make_socket(path: Path) -> None:
    """Bind a socket, by a short name: its path may hold only some hundred letters."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (Path.mkdir, "this is a folder, not a file; hand in the file itself"),
        (os.mkfifo, "this is a named pipe, not a file; hand in the file itself"),
        (make_socket, "this is a socket, not a file; hand in the file itself"),
        (
            make_large,
            "the file holds 1,000,000,000 bytes, and at most 1,048,576 are read; hand in the code "
            "alone, without data",
        ),
        (
            lambda path: path.write_bytes(b"a = 1\r\n# caf\xe9\n"),
            "the file is not UTF-8 text: byte 13, in line 2, is 0xe9; save it as UTF-8",
        ),
        (
            lambda path: path.write_bytes(b"\xed\xa0\x80"),
            "the file is not UTF-8 text: byte 1, in line 1, is 0xed; save it as UTF-8",
        ),
        (
            lambda path: path.write_bytes("a = 1".encode("utf-16")),
            "the file is UTF-16 text; save it as UTF-8",
        ),
        (
            lambda path: path.write_bytes(b"a = 1\n\nb\0 = 1"),
            "byte 9, in line 3, is NUL, which Python code cannot hold; save the file as plain text",
        ),
    ],
)
def test_what_is_no_text_file_is_refused(
    tmp_path: Path, make: Callable[[Path], object], told: str
) -> None:
    """Whatever stands in the place of a file is refused at once by its kind, size or bytes."""
    make(tmp_path / "gradients.py")

    assert refusal(tmp_path) == f"ada/gradients.py: {told}"


def test_the_largest_file_is_read(tmp_path: Path) -> None:
    """A file of 1 MiB is taken, one byte more is not."""
    (tmp_path / "gradients.py").write_bytes(b"#" * (1 << 20))
    submission = read(tmp_path, ONE)
    (tmp_path / "gradients.py").write_bytes(b"#" * ((1 << 20) + 1))

    assert len(submission.sources[0].text) == 1 << 20
    assert refusal(tmp_path).startswith("ada/gradients.py: the file holds 1,048,577 bytes, ")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], "this folder is empty; hand in gradients.py"),
        (
            ["Gradients.py", "README.md", ".x"],
            "none of the files of exercise-03 (gradients.py) is in this folder; it holds: "
            "Gradients.py, README.md",
        ),
        (
            [".x"],
            "none of the files of exercise-03 (gradients.py) is in this folder; it holds: hidden "
            "files only",
        ),
        (
            ["b.ipynb", "a.ipynb", "x.py"],
            "none of the files of exercise-03 (gradients.py) is in this folder, and no "
            "gradients.ipynb; it holds the notebooks a.ipynb, b.ipynb: name the one to grade",
        ),
        (
            ["x.zip"],
            "none of the files of exercise-03 (gradients.py) is in this folder; it holds: x.zip; "
            "archives are not read here: unpack it",
        ),
    ],
)
def test_a_folder_without_any_file_is_refused(tmp_path: Path, names: list[str], told: str) -> None:
    """A folder that holds nothing that was asked for is refused with what it holds."""
    for name in names:
        (tmp_path / name).write_text("")

    assert refusal(tmp_path) == f"ada: {told}"


@pytest.mark.parametrize(
    ("name", "exercise", "told"),
    [
        (
            "g.zip",
            ONE,
            "archives are not read yet; unpack it and hand in the folder, or gradients.py",
        ),
        (
            "g.txt",
            ONE,
            "this is no folder, no Python file and no notebook; hand in gradients.py or the folder",
        ),
        (
            "mine.py",
            TWO,
            "exercise-03 has no file of this name; hand in gradients.py, descent.py or the folder",
        ),
    ],
)
def test_another_kind_of_file_is_refused(
    tmp_path: Path, name: str, exercise: Exercise, told: str
) -> None:
    """An archive or a file of another name is refused with what to hand in."""
    (tmp_path / name).write_text("")

    assert refusal(tmp_path / name, exercise, shown=name) == f"{name}: {told}"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("gone", "there is no such file or folder; check the path"),
        ("gone/gradients.py", "there is no such file or folder; check the path"),
        ("file/gradients.py", "a part of this path is a file, not a folder; check the path"),
        ("x" * 300, "the path is too long for this machine; check the path"),
        ("a\0b", "no file can have this name; check the path"),
        ("\ud800", "no file can have this name; check the path"),
        ("loop/gradients.py", "symbolic links are not followed; hand in the file itself"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path, word: str, told: str) -> None:
    """What the operating system says of a path becomes one sentence."""
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")

    assert refusal(tmp_path / word) == f"ada: {told}"


def test_the_path_of_a_message_is_short_and_printable(tmp_path: Path) -> None:
    """A path of any length and letters is shown on one short line."""
    told = refusal(Path("\x1b[2J" + "x" * 500), shown=None)

    assert told == (f"\\x1b[2J{'x' * 195}…: the path is too long for this machine; check the path")


def test_a_file_that_may_not_be_read_is_refused(unprivileged: Path) -> None:
    """A file without permission is named with the remedy."""
    (unprivileged / "gradients.py").write_text("")
    (unprivileged / "gradients.py").chmod(0)

    assert refusal(unprivileged) == (
        "ada/gradients.py: permission denied; make it readable, and the folders above it"
    )


def test_a_folder_that_may_not_be_read_is_refused(unprivileged: Path) -> None:
    """A folder without permission is named with the remedy, and so is a path through it."""
    (unprivileged / "ada").mkdir(mode=0)
    told = "ada: permission denied; make it readable, and the folders above it"

    assert refusal(unprivileged / "ada") == told
    assert refusal(unprivileged / "ada" / "gradients.py") == told


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """Reading and refusing close what they opened."""
    (tmp_path / "descent.py").write_text("")
    (tmp_path / "gradients.py").write_bytes(b"\xff")
    before = os.listdir("/dev/fd")
    read(tmp_path / "descent.py", TWO)
    refusal(tmp_path)
    refusal(tmp_path / "gradients.py")

    assert os.listdir("/dev/fd") == before


@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_submission_or_a_submission_error(scratch: Path, data: bytes) -> None:
    """Whatever the bytes of a file, there is clean text or a sentence, and nothing else."""
    (scratch / "gradients.py").write_bytes(data)
    try:
        text = read(scratch, ONE, "ada").sources[0].text
    except SubmissionError as error:
        text = str(error)

    assert "\0" not in text
    assert "\r" not in text
    assert text.encode() in data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") or (
        text.startswith("ada/gradients.py: ")
    )


@given(word=st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_path_is_a_submission_or_a_submission_error(scratch: Path, word: str) -> None:
    """Whatever the path, there is a submission or a sentence on one line, and nothing else."""
    (scratch / "gradients.py").write_text("")
    try:
        told = read(scratch / word.replace("/", "_"), ONE).path
    except SubmissionError as error:
        told = str(error)

    assert told.isprintable()
