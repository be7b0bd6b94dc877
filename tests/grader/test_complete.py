"""What the Tab key offers, asked as bash, zsh and fish ask it: with the scripts made for them.

A shell that is not installed is skipped, and said so.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IDS = [f"exercise-0{number}" for number in range(1, 6)]

# Each types words in an interactive way that needs no terminal, and prints what is offered.
BASH = """
eval "$(_GRADE_COMPLETE=bash_source grade)"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_grade_completion grade
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
autoload -Uz compinit && compinit -u -D
eval "$(_GRADE_COMPLETE=zsh_source grade)"
compadd() { for last; do true; done; print -l "${(@P)last}" }
_describe() { print -l "${(@P)4}" }
words=("$@"); CURRENT=$#
_grade_completion
"""
FISH = """
_GRADE_COMPLETE=fish_source grade | source
complete --do-complete (string join ' ' -- $argv)
"""
SHELLS = {
    "bash": ["bash", "--norc", "-c", BASH, "bash"],
    "zsh": ["zsh", "-f", "-c", ZSH, "zsh"],
    "fish": ["fish", "--no-config", "-c", FISH],
}


@pytest.fixture
def root(tmp_path):
    """A student's copy, and a `grade` that stands on the path."""
    shutil.copytree(ROOT / "exercises", tmp_path / "exercises")
    shutil.copy(ROOT / "gradebook.yml", tmp_path)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/grade"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m grader "$@"\n')
    program.chmod(0o755)
    return tmp_path


def asked(root, shell, *words, folder="."):
    """List what a shell offers for the last of these words."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    ended = subprocess.run(
        [*SHELLS[shell], "grade", *words],
        cwd=root / folder,
        env={**os.environ, "PATH": f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.stderr == ""
    return [line.split("\t")[0] for line in ended.stdout.split("\n") if line]


def protocol(root, *words, folder=".", **more):
    """Ask the program as a script of bash does."""
    environment = {"_GRADE_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(["grade", *words]),
                   "COMP_CWORD": str(len(words)), **more}  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "grader"], cwd=root / folder, capture_output=True, text=True,
        env={**os.environ, **environment}, check=False, timeout=60,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    return [line.split(",")[-1] for line in ended.stdout.split("\n") if line]


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_offer_exercises_and_checks(shell, root):
    """Each shell's own script offers exercises, verbs, and the checks of an exercise."""
    assert asked(root, shell, "exer") == IDS
    assert asked(root, shell, "hin") == ["hint"]
    assert asked(root, shell, "hint", "1", "sha") == ["shape", "shape_of_any_tensor"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["rehearse", "exercise-04"], ["exercise-04"]),
        (["reset", "exercise-0"], IDS),
        (["hint", "exercise-0"], IDS),
        (["hint", "exercise-01", "vec"], ["vector", "vector_of_whole_numbers"]),
        (["hint", "exercise-99", ""], []),
        (["hint", "nonsense", ""], []),
        (["--s"], ["--seed"]),
        (["exercise-01", "--conf"], ["--confine"]),
        (["exercise-01", "--confine", "s"], ["strict"]),
        (["no-such"], ["no-such"]),
        (["exercise-01", "exerc"], ["exerc"]),
    ],
)
def test_what_is_offered(words, offered, root):
    """Exercises, checks, options and their values; a path where nothing else begins like that."""
    assert protocol(root, *words) == offered


def test_first_words(root):
    """Without a beginning, exercises come before verbs; verbs that nobody types are left out."""
    offered = protocol(root, "")

    assert offered[: len(IDS)] == IDS
    assert {"hint", "reset", "batch", "doctor"} <= set(offered)
    assert not {"exercise", "progress"} & set(offered)


def test_anywhere_in_the_course(root):
    """Exercises are offered in every folder of the course."""
    assert protocol(root, "exercise-01", folder="exercises/exercise-02") == ["exercise-01"]


@pytest.mark.parametrize("text", [b"", b"\xff\xfe\0", b"exercises: [", b"- id: exercise-1\n"])
def test_files_that_cannot_be_read_offer_nothing(text, root):
    """A gradebook that is damaged offers no exercise, and complains of nothing."""
    (root / "gradebook.yml").write_bytes(text)

    assert protocol(root, "exercise-0") == ["exercise-0"]


def test_outside_a_course(tmp_path):
    """Outside a course there are verbs."""
    assert protocol(tmp_path, "hi") == ["hint"]


def test_no_torch_and_no_yaml(root):
    """What a key press waits for is neither torch nor YAML nor SQLite."""
    environment = {"_GRADE_COMPLETE": "bash_complete", "COMP_WORDS": "grade ex", "COMP_CWORD": "1"}
    ended = subprocess.run(
        [sys.executable, "-P", "-X", "importtime", "-m", "grader"], cwd=root, check=True,
        env={**os.environ, **environment}, capture_output=True, text=True,
    )  # fmt: skip
    loaded = {line.rsplit("|", 1)[-1].strip() for line in ended.stderr.splitlines()}

    assert "click" in loaded
    assert not {"torch", "yaml", "sqlite3", "grader.course"} & loaded
