"""Tests of `grade export`: the same bytes to a file and to stdout, a sentence for each fault."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.reports.attempt import to_json
from grader.reports.exports.registry import FORMATS
from grader.verbs.classes import CLASSES
from grader.verbs.packed import PACKED

from .conftest import GOLDEN, huge, kept
from .test_classroom50 import VARIABLES

FORMAT_NAMES = ", ".join((*FORMATS, *PACKED, *CLASSES))


def grade(
    folder: Path, *words: str, given: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a folder."""
    return subprocess.run(
        [sys.executable, "-c", "from grader.cli import main; main()", *words],
        cwd=folder,
        input=given,
        capture_output=True,
        check=False,
        env={**os.environ, **variables},
        timeout=60,
    )


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder with the three attempts that are kept."""
    for name in ("full", "half", "ungraded"):
        (tmp_path / f"{name}.json").write_text(to_json(kept(name)), "utf-8")
    return tmp_path


def test_to_a_file(stored: Path) -> None:
    """-o writes the file whole, and says nothing."""
    done = grade(stored, "export", "junit", "--from", "half.json", "-o", "junit.xml")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (stored / "junit.xml").read_bytes() == (
        GOLDEN / "exports" / "half-junit.txt"
    ).read_bytes()


@pytest.mark.parametrize("words", [(), ("-o", "-")])
def test_to_stdout(stored: Path, words: tuple[str, ...]) -> None:
    """Without a file, or with -, the same bytes go to stdout, whatever letters it knows."""
    done = grade(
        stored, "export", "markdown", "--from", "half.json", *words, PYTHONIOENCODING="ascii"
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == (GOLDEN / "exports" / "half-markdown.txt").read_bytes()


def test_from_stdin(stored: Path) -> None:
    """--from - reads the attempt that another command prints."""
    done = grade(stored, "export", "csv", "--from", "-", given=(stored / "full.json").read_bytes())

    assert done.stdout == (GOLDEN / "exports" / "full-csv.txt").read_bytes()


def test_variables_of_classroom50(stored: Path) -> None:
    """What Classroom 50 knows comes from the environment."""
    done = grade(stored, "export", "classroom50", "--from", "half.json", **VARIABLES)

    assert done.stdout == (GOLDEN / "exports" / "half-classroom50.txt").read_bytes()


def test_list(tmp_path: Path) -> None:
    """--list has a line for each format, below what it is made of."""
    done = grade(tmp_path, "export", "--list")

    assert done.returncode == 0
    # A line that is longer goes on below.
    lines = [line for line in done.stdout.decode().splitlines() if not line.startswith("   ")]
    assert [line.split()[0] for line in lines] == [
        "of",
        *FORMATS,
        "of",
        *PACKED,
        "of",
        *CLASSES,
    ]


def test_help(tmp_path: Path) -> None:
    """The help of the verb has an example, and that of the command names the verb."""
    example = b"Example: grade export junit --from attempt.json -o junit.xml"

    assert example in grade(tmp_path, "export", "--help").stdout
    assert b"grade export junit" in grade(tmp_path, "--help").stdout


def test_refused(stored: Path) -> None:
    """Where an ungraded attempt cannot be said, nothing is written and the exit code is ours."""
    done = grade(stored, "export", "gradescope", "--from", "ungraded.json", "-o", "results.json")

    assert done.returncode == 3
    assert done.stderr.decode() == (
        "grade: exercise-03: not decided: 1 of 9 checks could not be graded; tell your teacher. "
        "This format can only say a number, so nothing is written; "
        "without the file Gradescope reports that the autograder failed\n"
    )
    assert not (stored / "results.json").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], f"name a format: {FORMAT_NAMES}"),
        (["junitt"], 'there is no format "junitt"; did you mean junit?'),
        (["xlsx"], f'there is no format "xlsx"; there are {FORMAT_NAMES}'),
        (["csv"], "say which attempt with --from ATTEMPT.json; "
                  "grade EXERCISE --json ATTEMPT.json writes one"),
        (["csv", "--from", "no.json"],
         "no.json cannot be read: No such file or directory; check the path"),
        (["csv", "--from", "."], ". cannot be read: Is a directory; check the path"),
        (["csv", "--from", "list.json"],
         "list.json: not an attempt of schema grader/attempt/v1: it is a list; expected an object"),
        (["csv", "--from", "bytes.json"],
         "bytes.json: not an attempt: it is no text in UTF-8; "
         "name a file that grade EXERCISE --json wrote"),
        (["csv", "--from", "full.json", "-o", "no/such/file"],
         "no/such/file cannot be written: No such file or directory; "
         "name a file in a folder that exists and that you may write to."),
    ],
)  # fmt: skip
def test_wrong_words(stored: Path, words: list[str], sentence: str) -> None:
    """What cannot be done as asked is one sentence on stderr, and exit code 2."""
    (stored / "list.json").write_text("[]")
    (stored / "bytes.json").write_bytes(b"\xff\xfe\x00")
    done = grade(stored, "export", *words)

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"grade: {sentence}\n"


def test_missing_variables(stored: Path) -> None:
    """Outside Classroom 50 its format says which variables are missing, exit code 2."""
    done = grade(stored, "export", "classroom50", "--from", "half.json",
                 **{**VARIABLES, "OWNER": "", "CLASSROOM": ""})  # fmt: skip

    assert done.returncode == 2
    assert b"CLASSROOM, OWNER are not set" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_huge_attempt(tmp_path: Path) -> None:
    """A stored attempt of megabytes is exported like any other."""
    (tmp_path / "huge.json").write_text(to_json(huge("many")), "utf-8")
    done = grade(tmp_path, "export", "classroom", "--from", "huge.json")

    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout) <= 90_000
