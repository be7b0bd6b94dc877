"""The arena of `grader.arena`, on the list that lies here, and the machine looked over."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from grader import errors
from grader.arena import Arena, adopting

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def right() -> str:
    """The right submission."""
    return (HERE / "bases" / "right.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def arena(right: str) -> Iterator[Arena]:
    """The attacked judge; skips where the walls do not stand, since the attacks would get out."""
    if os.uname().sysname != "Linux":
        pytest.skip("there are no walls here")
    with adopting(), closing(Arena(HERE / "course")) as arena:
        try:
            confinement = arena.grade(right).attempt.environment.confinement
        except errors.ConfinementError as error:
            pytest.skip(str(error))
        if "landlock" not in confinement or "seccomp" not in confinement:
            pytest.skip(f"there are no walls here: {confinement}")
        yield arena


@pytest.fixture(scope="module")
def neighbour(arena: Arena, right: str) -> Iterator[Arena]:
    """A second judge on the same machine, whose submission is right."""
    with closing(Arena(HERE / "course")) as other:
        other.grade(right)
        yield other


@pytest.fixture
def untouched(arena: Arena) -> Iterator[None]:
    """Look the machine over after an attack: no process, no marker, no changed file is left."""
    before = arena.look()
    yield
    assert arena.left(before) == []
