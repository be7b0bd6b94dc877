"""Graded in a student's copy with a key: as on the teacher's machine, and told no more."""

import json
import shutil

import pytest

from grader.sandbox import walls
from grader.seal import keys

SUBMISSIONS = {
    "right": "def double(x):\n    return x + x\n",
    "squared": "def double(x):\n    return x * x\n",
    "stub": "def double(x):\n    raise NotImplementedError\n",
    "raising": "def double(x):\n    print('printed')\n    return x[99]\n",
    "asserting": "def double(x):\n    return 15 if type(x) is int and x == 7 else 2 * x\n",
    "broken": "def double(:\n",
}


@pytest.fixture(autouse=True)
def walled() -> None:
    """Skip where nothing is opened, because walls are missing."""
    lacking = [w.name for w in walls.available() if w.missing and w.name in walls.NEEDED]
    if lacking:
        pytest.skip(f"there are no walls here: {', '.join(lacking)}")


@pytest.fixture
def sealed(teacher):
    """The teacher's copy, sealed, with what was handed in."""
    for name, text in SUBMISSIONS.items():
        teacher.write(f"{name}/answer.py", text)
    assert teacher.grade("seal").returncode == 0
    return teacher


@pytest.fixture
def student(sealed, tmp_path):
    """A student's copy with the right answer in it: the seal, and nothing that it holds."""
    made = sealed.released(tmp_path / "student")
    made.write("exercises/exercise-01/answer.py", SUBMISSIONS["right"])
    return made


# Does the commands that its words are, each with its words between bars.
KEPT = """
import sys
from grader import cli
from grader.trusted import Judge

with Judge() as judge:
    for words in sys.argv[1:]:
        try:
            cli.command.main(words.split("|"), prog_name="grade", obj=judge)
        except SystemExit as ended:
            assert ended.code in (0, 1), ended.code
"""


def attempt(text: str) -> dict:
    """Read an attempt, without what takes time."""
    told = json.loads(text)
    del told["seconds"]
    for check in told["checks"]:
        del check["seconds"]
    return told


def each(made, *commands, **more):
    """Type commands one after another to a process that keeps one judge; their attempts, and all.

    A command is its words, of which the last names a file for the attempt.
    """
    words = ["|".join((*command, "--json", f"{number}.json"))
             for number, command in enumerate(commands)]  # fmt: skip
    done = made.python(KEPT, *words, **more)
    assert done.returncode == 0, done.stderr
    return [attempt((made.root / f"{n}.json").read_text()) for n in range(len(commands))], done


def test_the_attempt_is_that_of_the_same_checks_unsealed(sealed):
    """Verdicts, messages, evidence, seed and digest are equal, for whatever is handed in."""
    commands = [("1", name) for name in SUBMISSIONS]
    plain, told = each(sealed, *commands, GRADER_KEY="")
    for folder in ("tests", "solutions"):
        shutil.rmtree(sealed.root / folder)
    opened, told_opened = each(sealed, *commands)

    assert opened == plain
    assert told_opened.stderr == told.stderr
    assert [found["score"] for found in opened] == ["4", "1", "0", "0", "3", "0"]
    assert opened[1]["checks"][1]["diagnosis"]["mistake"] == "squared"
    assert f"double gave 15, said {sealed.root}/tests/exercise-01/" in str(opened[4])


def test_without_a_key_nothing_is_sealed(student):
    """A student without the key gets the visible checks, and is told how many wait."""
    beside = student.grade("1", GRADER_KEY="")
    shutil.rmtree(student.root / "sealed")
    without = student.grade("1", GRADER_KEY="")

    assert beside.returncode == without.returncode == 0
    assert "1 / 1" in beside.stdout
    assert "2 more (3 points) are checked at submission" in beside.stdout
    assert beside.stdout.split("seed")[1:] == without.stdout.split("seed")[1:]


def test_a_students_checks_are_not_run_beside_a_key(student):
    """Neither a visible check that a student has changed, nor one that lies in a new file."""
    theirs = "from pathlib import Path\nPath('{}').touch()\n"
    ran = student.root / "ran"
    for name in ("test_answer", "test_mine", "conftest", "torch"):
        student.write(f"exercises/exercise-01/{name}.py", theirs.format(ran))
    graded = student.grade("1")

    assert (graded.returncode, graded.stderr) == (0, "")
    assert "4 / 4" in graded.stdout
    assert not ran.exists()


def test_a_report_shows_all_points(student):
    """Beside a key nothing waits, whatever gradebook.yml of the folder says."""
    text = (student.root / "gradebook.yml").read_text(encoding="utf-8")
    student.write("gradebook.yml", text.replace("points: 4", "points: 40"))
    graded = student.grade("1")

    assert "score  4 / 4" in graded.stdout
    assert "more checks" not in graded.stdout


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("hunter2", 2, "holds 7 characters that are no key"),
        (keys.text(keys.new()), 2, "was sealed with another key than that in GRADER_KEY"),
        (keys.text(keys.new())[:-1], 2, "holds a key of 55 letters"),
    ],
)
def test_a_wrong_key_is_a_sentence(line, code, told, student):
    """A key that opens nothing is told, and not quoted; nothing is graded."""
    graded = student.grade("1", GRADER_KEY=line)

    assert (graded.returncode, graded.stdout) == (code, "")
    assert told in graded.stderr
    assert line not in graded.stderr


@pytest.mark.parametrize("fault", ["cut off", "changed", "renamed"])
def test_a_damaged_seal_is_a_sentence(fault, student):
    """Nothing is graded; what was released brings the seal back."""
    data = bytearray(student.seal.read_bytes())
    data[-1] ^= 1
    other = (student.root / "sealed/exercise-02.sealed").read_bytes()
    new = {"cut off": bytes(data[:-9]), "changed": bytes(data), "renamed": other}
    student.seal.write_bytes(new[fault])
    graded = student.grade("1")

    assert (graded.returncode, graded.stdout) == (2, "")
    assert graded.stderr.startswith("grade: sealed/exercise-01.sealed ")
    assert graded.stderr.endswith(
        "Take it again from where it was released, as it is, or seal it anew with grade seal "
        "exercise-01\n"
    )


def test_walls_that_are_not_wanted_are_a_sentence(student):
    """With a key and without walls nothing is run."""
    graded = student.grade("1", "--confine", "none")

    assert (graded.returncode, graded.stdout) == (2, "")
    assert graded.stderr.startswith(
        "grade: GRADER_KEY is set, and --confine none asks for no walls"
    )


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("raise OSError('a secret', __file__)", 2,
         "the checks of exercise-01 are at fault, not the answers. In the teacher's copy, grade "
         "rehearse exercise-01 tells more"),
        ("import os, sys\nprint('a secret', file=sys.stderr, flush=True)\nos._exit(1)", 3,
         "the trusted process has not come to the end of exercise-01; is torch installed, and is "
         "there memory left? In the teacher's copy, grade rehearse exercise-01 tells more"),
    ],
    ids=["does not load", "ends"],
)  # fmt: skip
def test_faults_of_sealed_checks_are_told_without_their_words(text, code, told, sealed):
    """A log that a student may read says neither what a broken check says nor where it lay."""
    sealed.write("tests/exercise-01/test_hidden.py", f"{text}\n")
    plain = sealed.grade("1", "right", GRADER_KEY="")
    assert sealed.grade("seal", "1").returncode == 0
    opened = sealed.grade("1", "right")

    assert plain.returncode == opened.returncode == code
    assert "a secret" in plain.stderr
    assert (opened.stdout, opened.stderr) == ("", f"grade: {told}\n")


def test_one_judge_grades_sealed_exercises_one_after_another(student):
    """What is kept of one opening does not stand in the way of the next."""
    student.write("exercises/exercise-02/half.py", "def half(x):\n    return x / 2\n")
    attempts, _ = each(student, ("1",), ("2",), ("1",), ("1",))

    assert [found["score"] for found in attempts] == ["4", "1", "4", "4"]


# A check that asks the kernel whether the process that runs it can be looked into.
CLOSED = """
import ctypes, pytest

@pytest.mark.points(3)
def test_closed(student):
    PR_GET_DUMPABLE = 3
    assert ctypes.CDLL(None).prctl(PR_GET_DUMPABLE) == 0
"""


def test_what_is_open_cannot_be_looked_into(sealed):
    """Neither the judge nor the command that has the key leaves a core or can be traced."""
    sealed.write("tests/exercise-01/test_hidden.py", CLOSED)
    assert sealed.grade("seal").returncode == 0
    plain = sealed.grade("1", "right", GRADER_KEY="")
    opened = sealed.python(f"{KEPT}\nimport ctypes\nprint(ctypes.CDLL(None).prctl(3))", "1|right")

    assert "test_closed is not passed by the reference either" in plain.stderr
    assert "score  4 / 4" in opened.stdout
    assert opened.stdout.endswith("\n0\n")


# Reads whatever might hold the key or the checks, and says what it got.
THIEF = """
import glob, os

def double(x):
    seen = []
    for process in (number for number in range(1, os.getpid() + 50) if number != os.getpid()):
        for name in ("environ", "mem", "maps", "cmdline", "cwd", "root"):
            path = f"/proc/{process}/{name}"
            try:
                data = open(path, "rb").read(1 << 16) if name != "cwd" else os.listdir(path)
            except OSError:
                continue
            seen.append(path)
    scratch = os.environ["TMPDIR"]
    for folder in (os.path.dirname(scratch), os.path.dirname(os.path.dirname(scratch)), "/tmp"):
        try:
            seen += os.listdir(folder)
        except OSError:
            pass
        seen += glob.glob(folder + "/*/opened/*")
    seen += [name for name in os.environ if "KEY" in name]
    raise ValueError(f"saw {seen}")
"""


def test_a_submission_finds_neither_key_nor_checks(student):
    """Environments, memories and folders of others are closed to it."""
    student.write("exercises/exercise-01/answer.py", THIEF)
    graded = student.grade("1", "--json", "-")
    told = {check["id"]: check["message"] for check in attempt(graded.stdout)["checks"]}

    assert told["two"].splitlines()[0] == "ValueError: saw []"
    assert keys.text(student.key) not in graded.stdout + graded.stderr


def test_the_same_submission_finds_them_without_walls(student):
    """What the walls keep away is within reach where there are none: the attack is a real one."""
    student.write("exercises/exercise-01/answer.py", THIEF)
    graded = student.grade("1", "--confine", "none", "--json", "-", GRADER_KEY="")
    (check,) = attempt(graded.stdout)["checks"]

    assert "/environ" in check["message"]
    assert "/mem" in check["message"] or "/maps" in check["message"]
