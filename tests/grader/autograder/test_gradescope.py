"""Tests of Gradescope's zip: set up by its own setup.sh, started by its own run_autograder."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.autograder.__main__ import demand_walls, standing_in
from grader.errors import ConfinementError

from .conftest import MOSTLY, REFERENCE, STUB, Image

# Tries to read the checks and to write a result.
HOSTILE = """
import os, pathlib
root = pathlib.Path({root!r})
def vector(values):
    raise ValueError((root / "source/course/tests/exercise-01/test_tensors.py").read_text())
def matrix(rows):
    (root / "results/results.json").write_text('{{"score": 6}}')
def shape(t):
    raise ValueError(os.listdir(root / "source"))
"""

# Starts a program on a kernel that seems to have no Landlock: its three calls are unknown there.
WITHOUT_LANDLOCK = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
steps = [(0x20, 0, 0, 0), (0x35, 0, 2, 444), (0x25, 1, 0, 446), (0x06, 0, 0, 0x50000 | 38),
         (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]
program = Program(len(steps), ctypes.addressof(code))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_the_checks_are_open_to_their_owner_alone(image: Image) -> None:
    """setup.sh closes the source, and all that is in it."""
    source = image.root / "source"
    modes = {path.stat().st_mode & 0o077 for path in (source, *source.rglob("*"))}

    assert modes == {0}


def test_what_grades_is_what_travelled_in_the_zip(image: Image) -> None:
    """The grader that was installed is the wheel, and not one that this machine has besides."""
    words = "import grader; print(grader.__file__)"
    done = subprocess.run(
        [image.root / "grader/bin/python", "-P", "-c", words],
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(done.stdout.strip()).is_relative_to(image.root / "grader")


def test_a_right_submission_earns_every_point(image: Image) -> None:
    """The reference gets all points, and the log has one sentence."""
    image.hand_in(REFERENCE.read_text("utf-8"))
    done = image.run()

    assert (done.returncode, done.stdout, done.stderr) == (0, "exercise-01: 6 / 6\n", "")
    assert image.result["score"] == 6
    assert {test["status"] for test in image.result["tests"]} == {"passed"}
    assert image.result["stdout_visibility"] == "hidden"


def test_a_stub_earns_nothing_and_is_graded(image: Image) -> None:
    """No point is a result like any other."""
    image.hand_in(STUB.read_text("utf-8"))
    done = image.run()

    assert done.returncode == 0
    assert image.result["score"] == 0
    assert len(image.result["tests"]) == 6


def test_a_part_earns_its_part_also_in_a_repository(image: Image) -> None:
    """Where a whole repository arrives, the exercise's folder is graded, and what is lost told."""
    image.hand_in(MOSTLY, "exercises/exercise-01/tensors.py")
    done = image.run()
    lost = [test for test in image.result["tests"] if test["status"] == "failed"]

    assert done.returncode == 0
    assert image.result["score"] == 5
    assert len(lost) == 1
    assert "len() of a 0-d tensor" in lost[0]["output"]


def test_a_submission_reads_no_checks_and_writes_no_result(image: Image) -> None:
    """Neither the source nor the results are open to what was handed in."""
    image.hand_in(HOSTILE.format(root=str(image.root)))
    done = image.run()
    told = image.results.read_text("utf-8") + done.stdout + done.stderr

    assert done.returncode == 0
    assert image.result["score"] == 0
    assert "not allowed here" in told
    assert "def test_" not in told
    assert "setup.sh" not in told


def test_without_landlock_they_stay_closed_or_nothing_is_graded(image: Image) -> None:
    """An account of its own is enough; where the child cannot have one, nobody hears of anything.

    It cannot where Python itself lies in a folder that other accounts may not enter.
    """
    image.hand_in(HOSTILE.format(root=str(image.root)))
    done = image.run(before=(sys.executable, "-c", WITHOUT_LANDLOCK))
    has_result = image.results.exists()
    told = image.results.read_text("utf-8") if has_result else ""

    assert (done.returncode == 0) == has_result
    assert not has_result or image.result["score"] == 0
    assert has_result or "this machine lacks landlock, user, so a submission could" in done.stderr
    assert "def test_" not in told + done.stdout + done.stderr


def test_a_file_of_another_name_is_told_to_the_student(image: Image) -> None:
    """Nothing to grade is no points with a reason, and no failure of the autograder."""
    image.hand_in("x", "tensor.txt")
    done = image.run()
    (test,) = image.result["tests"]

    assert done.returncode == 0
    assert image.result["score"] == 0
    assert (test["name"], test["max_score"]) == ("The files can be read.", 6)
    assert "tensors.py" in test["output"]


def test_no_link_in_a_repository_leads_to_the_reference(image: Image) -> None:
    """A folder that is a link is not entered, and the student is told."""
    (image.clear() / "exercises").symlink_to(image.root / "source/course/solutions")
    image.run()
    (test,) = image.result["tests"]

    assert image.result["score"] == 0
    assert test["output"] == (
        "exercises: this is a symbolic link, and links are not followed; hand in the folder itself"
    )


def test_what_takes_too_long_is_no_zero(image: Image) -> None:
    """Before Gradescope's own time-out there is an end without a file, and an older one is gone."""
    image.hand_in("import time\ntime.sleep(60)\n")
    image.results.write_text('{"score": 6}')
    done = image.run(GRADER_SECONDS="1")

    assert done.returncode == 124
    assert done.stderr == "Nothing was graded: it was not done after 1 s.\n"
    assert not image.results.exists()


def test_an_error_of_ours_leaves_no_file(image: Image) -> None:
    """What is not the student's fault ends with its own exit code, and nothing is recorded."""
    image.hand_in(REFERENCE.read_text("utf-8"))
    image.results.write_text('{"score": 6}')
    done = image.run(GRADER_CONFINE="loose")

    assert done.returncode == 2
    assert done.stderr == (
        "Nothing was graded: GRADER_CONFINE is 'loose'; write one of careful, strict, auto\n"
    )
    assert not image.results.exists()


@pytest.mark.parametrize(
    "standing", [{"seccomp", "landlock"}, {"seccomp", "user"}, {"seccomp", "landlock", "user"}]
)
def test_a_careful_grader_wants_the_checks_closed(standing: set[str]) -> None:
    """Landlock or an account of its own, and the filter of calls, are enough."""
    demand_walls(standing)


@pytest.mark.parametrize("standing", [{"landlock", "user"}, {"seccomp"}, set()])
def test_a_careful_grader_refuses_to_grade_in_the_open(standing: set[str]) -> None:
    """Where the checks could be read nothing is graded, and the switch is named."""
    lacking = ", ".join(sorted({"landlock", "seccomp", "user"} - standing))
    with pytest.raises(ConfinementError) as caught:
        demand_walls(standing)

    assert str(caught.value) == (
        f"this machine lacks {lacking}, so a submission could read the checks and write its own "
        "result. Grade elsewhere, or set GRADER_CONFINE to auto where you accept that"
    )


def test_what_stood_is_read_from_the_attempt() -> None:
    """The phrase of an attempt names the walls that were built."""
    assert standing_in("landlock 7, seccomp, rlimits, own user") >= {"landlock", "seccomp", "user"}
    assert not standing_in("not confined, rlimits") & {"landlock", "seccomp", "user"}
