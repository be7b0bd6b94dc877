"""A copy of this repository's own course, as a teacher has it, for tests that change it.

teachers        the folder of the copy; `teachers / "exercises"` and so on
planned(root)   what a release of the course at a folder would hold
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import course, release

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def teachers(tmp_path: Path) -> Path:
    """Copy gradebook.yml and the three trees; nothing that Python left there."""
    root = tmp_path / "course"
    root.mkdir()
    shutil.copy(REPOSITORY / "gradebook.yml", root)
    trees = [REPOSITORY / "exercises", REPOSITORY / "solutions",
             *REPOSITORY.glob("tests/exercise-*")]  # fmt: skip
    for tree in trees:
        copied = root / tree.relative_to(REPOSITORY)
        shutil.copytree(tree, copied, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture
def planned() -> Callable[[Path], release.Release]:
    """Plan a release of a course whose hidden checks are told by their text."""

    def plan(root: Path) -> release.Release:
        known = course.load(root)
        counts = {name: count or 0 for name, count in release.hidden(known).items()}
        return release.plan(known, counts)

    return plan
