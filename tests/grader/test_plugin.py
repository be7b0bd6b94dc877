"""The pytest plugin: inert elsewhere, fixtures inside a course, plain pytest for an author."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run_pytest(folder, *words):
    """Run plain pytest in a folder, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def course(tmp_path):
    """A copy of exercise-03 in its three trees."""
    for name in ("exercises", "solutions", "tests"):
        shutil.copytree(ROOT / name / "exercise-03", tmp_path / name / "exercise-03")
    text = (ROOT / "gradebook.yml").read_text("utf-8")
    (tmp_path / "gradebook.yml").write_text(text, "utf-8")
    return tmp_path


def test_inert_outside_a_course(tmp_path):
    """Outside a course the plugin registers its marks and imports no torch."""
    (tmp_path / "test_x.py").write_text(
        "import sys, pytest\n"
        "@pytest.mark.points(1)\n"
        "def test_x():\n    assert 'torch' not in sys.modules\n"
    )
    done = run_pytest(tmp_path, "--strict-markers")

    assert done.returncode == 0, done.stdout


def test_hidden_checks_run_against_the_reference(course):
    """`pytest` on the hidden tree runs its checks against the reference, and they pass."""
    done = run_pytest(course, "tests/exercise-03")

    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


def test_visible_checks_run_against_the_files_beside_them(course):
    """`pytest` on the visible tree runs its checks against the student's own file."""
    stub = run_pytest(course, "exercises/exercise-03")
    shutil.copy(course / "solutions/exercise-03/gradients.py", course / "exercises/exercise-03")
    written = run_pytest(course, "exercises/exercise-03")

    assert stub.returncode == 1
    assert "3 failed" in stub.stdout
    assert "NotImplementedError: loss: exercise 03, part 1" in stub.stdout
    assert written.returncode == 0, written.stdout


def test_visible_checks_need_no_reference(course):
    """In a student's copy, without the hidden trees, the visible checks run in plain pytest."""
    shutil.copy(course / "solutions/exercise-03/gradients.py", course / "exercises/exercise-03")
    shutil.rmtree(course / "solutions")
    shutil.rmtree(course / "tests")
    done = run_pytest(course, "exercises/exercise-03")

    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
