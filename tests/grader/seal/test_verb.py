"""`grade seal`: writes seals, says what changed, and finds those that are stale."""

import re
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from grader.cli import command
from grader.seal import keys


@pytest.fixture
def sealing(teacher, monkeypatch: pytest.MonkeyPatch):
    """Type `grade seal` in the teacher's copy."""
    monkeypatch.chdir(teacher.root)

    def run(*words: str, key: str | None = None) -> Result:
        line = keys.text(teacher.key) if key is None else key
        return CliRunner(env={"GRADER_KEY": line}).invoke(command, ["seal", *words])

    return run


def test_all_exercises_are_sealed(sealing, teacher) -> None:
    """Each gets its file; the second time nothing is written."""
    first = sealing()
    times = [path.stat().st_mtime_ns for path in (teacher.root / "sealed").iterdir()]
    second = sealing()

    assert (first.exit_code, first.output) == (
        0, "exercise-01: sealed, 7 files\nexercise-02: sealed, 4 files\n"
    )  # fmt: skip
    assert second.output == "exercise-01: unchanged, 7 files\nexercise-02: unchanged, 4 files\n"
    assert times == [path.stat().st_mtime_ns for path in (teacher.root / "sealed").iterdir()]


def test_one_exercise_is_sealed(sealing, teacher) -> None:
    """A word names the exercise, as everywhere; several words several."""
    one = sealing("2")
    both = sealing("1", "exercise-02")

    assert one.output == "exercise-02: sealed, 4 files\n"
    assert both.output == "exercise-01: sealed, 7 files\nexercise-02: unchanged, 4 files\n"
    assert sorted(path.name for path in (teacher.root / "sealed").iterdir()) == [
        "exercise-01.sealed",
        "exercise-02.sealed",
    ]


def test_a_fresh_seal_is_found_fresh(sealing) -> None:
    """A check of fresh seals ends with 0 and writes nothing."""
    sealing()
    result = sealing("--check")

    assert (result.exit_code, result.output) == (
        0, "exercise-01: sealed as it lies here\nexercise-02: sealed as it lies here\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tests/exercise-01/mistakes.py", "tests/exercise-01/mistakes.py changed"),
        ("exercises/exercise-01/test_answer.py", "exercises/exercise-01/test_answer.py changed"),
        ("solutions/exercise-01/new.py", "solutions/exercise-01/new.py changed"),
    ],
)
def test_a_stale_seal_is_told(name: str, told: str, sealing, teacher) -> None:
    """A check says which file changed, and ends with 1; sealing again mends it."""
    sealing()
    teacher.write(name, "# changed\n")
    result = sealing("--check", "1")

    assert (result.exit_code, result.output) == (
        1,
        f"exercise-01: sealed/exercise-01.sealed is stale, {told}; type grade seal exercise-01\n",
    )
    assert sealing("1").output.startswith("exercise-01: sealed, ")
    assert sealing("--check", "1").exit_code == 0


def test_a_missing_seal_is_told(sealing) -> None:
    """What was never sealed is stale as well."""
    result = sealing("--check")

    assert result.exit_code == 1
    assert result.output.startswith(
        "exercise-01: there is no sealed/exercise-01.sealed; type grade seal exercise-01\n"
    )


def test_a_seal_of_another_key_is_told(sealing) -> None:
    """A check with another key ends with 1; sealing with it makes the seal anew."""
    sealing("1")
    other = keys.text(keys.new())
    result = sealing("--check", "1", key=other)

    assert result.exit_code == 1
    assert "was sealed with another key than that in GRADER_KEY" in result.output
    assert sealing("1", key=other).output == "exercise-01: sealed, 7 files\n"


def test_a_seal_of_no_exercise_is_told(sealing, teacher) -> None:
    """What is left of an exercise that was taken out is named, and lets a check fail."""
    sealing()
    teacher.write("sealed/exercise-09.sealed", "")
    result = sealing("--check")

    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == (
        "sealed/exercise-09.sealed belongs to no exercise here; remove it"
    )
    assert sealing().exit_code == 0


@pytest.mark.parametrize("words", [(), ("--check",)])
def test_without_a_key_nothing_is_sealed(words: tuple[str, ...], sealing) -> None:
    """It says where a key comes from."""
    result = sealing(*words, key="")

    assert (result.exit_code, result.output) == (
        2,
        "grade: GRADER_KEY is not set: it holds the key that seals. A fresh one is printed by "
        "grade seal --new-key\n",
    )


def test_a_students_copy_is_told(sealing, teacher) -> None:
    """Where nothing is hidden, nothing is sealed, and no seal is overwritten."""
    sealing()
    for name in ("tests", "solutions"):
        (teacher.root / name).rename(teacher.root.parent / name)
    result = sealing()

    assert (result.exit_code, result.output) == (
        2,
        "grade: nothing here is hidden: there is no folder in tests/ or solutions/. Seal in the "
        "teacher's copy of the course\n",
    )


def test_a_new_key_is_printed_alone(sealing) -> None:
    """The key is all of standard output, so that it can be handed on; the rest goes beside it."""
    first, second = sealing("--new-key", key=""), sealing("--new-key", key="")

    assert keys.read(first.stdout) != keys.read(second.stdout)
    assert re.fullmatch(r"grader-key-1-[a-z2-7]{56}\n", first.stdout)
    assert first.stderr == (
        "This key is written nowhere. Keep it where you keep passwords: who has it can open what "
        "it seals, and without it nobody can. Set it as GRADER_KEY to seal.\n"
    )


def test_a_new_key_comes_alone(sealing) -> None:
    """With an exercise it is not clear what is meant, so nothing is done."""
    result = sealing("--new-key", "1")

    assert (result.exit_code, result.output) == (
        2, "grade: --new-key prints a key and does nothing else; leave the other words out\n"
    )  # fmt: skip


# Python where PyNaCl is not installed.
WITHOUT = """
import importlib.util, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "nacl" else found(name, *rest)
sys.modules["nacl"] = None
from grader.__main__ import main
main()
"""


@pytest.mark.parametrize("words", [["seal"], ["seal", "--new-key"], ["seal", "--check"]])
def test_a_missing_library_is_one_sentence(words: list[str], teacher) -> None:
    """Without PyNaCl it says what to install."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *words],
        cwd=teacher.root,
        env=teacher.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "grade: sealed exercises need PyNaCl, which is not installed here; type "
        "pip install 'pytorch-grader[seal]'\n",
    )
