"""What this machine can confine: found by probing, told wall by wall, with what is lost."""

import subprocess
import sys

import pytest

from grader import doctor
from grader.doctor import Finding
from grader.sandbox import walls


def test_every_wall_is_examined():
    """Each wall that a child may have is told of, once."""
    names = [finding.name for finding in doctor.examine()]

    assert names[:4] == ["grader", "torch", "fork", "numpy"]
    assert names[4:] == [wall.name for wall in walls.available()]


def test_missing_wall_is_told_with_its_cost():
    """A missing wall says why it is missing and what can get through."""
    wall = walls.Wall("landlock", "reading the files of others", "needs Linux")

    assert doctor._wall(wall) == Finding(
        "landlock",
        False,
        "missing (needs Linux): a submission can read and write whatever you can: "
        "grade your own files only",
    )


@pytest.mark.parametrize(
    ("missing", "sentence", "can"),
    [
        ((), "Other people's submissions can be graded here, confined.", True),
        (("user", "numpy"), "Other people's submissions can be graded here, confined.", True),
        (
            ("landlock", "seccomp"),
            "Practice only: without landlock and seccomp, grade your own files here and nobody "
            "else's.",
            False,
        ),
        (("torch",), "Nothing can be graded here until torch is installed.", False),
    ],
)
def test_sentence(missing, sentence, can):
    """The last sentence says what the machine may be used for."""
    names = ("torch", "user", "numpy", "landlock", "seccomp")
    findings = [Finding(name, name not in missing, "") for name in names]

    assert doctor.verdict(findings) == sentence
    assert doctor.can_confine(findings) is can


def test_rendering():
    """One line each, aligned, in marks that the terminal has."""
    findings = [Finding("torch", True, "2.13.0"), Finding("seccomp", False, "missing")]

    assert doctor.render(findings, is_ascii=True) == (
        "  [ok]  torch    2.13.0\n"
        "  [--]  seccomp  missing\n"
        "\n"
        "  Practice only: without seccomp, grade your own files here and nobody else's.\n"
    )


def test_command_needs_no_torch():
    """`grade doctor` answers without importing torch, exit code 0 where strangers can be graded."""
    code = (
        "import sys; from grader.cli import main\n"
        "try: main()\nfinally: assert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "doctor"], capture_output=True, text=True, check=False
    )

    assert done.returncode == (0 if doctor.can_confine(doctor.examine()) else 3), done.stderr
    assert "landlock" in done.stdout
