"""The checks of an exercise: found in the course alone, digested, read from marks and docstring."""

from datetime import UTC, datetime
from fractions import Fraction
from types import SimpleNamespace

import pytest

from grader import checks
from grader.errors import CourseError
from grader.records import Exercise, Isolation, Limits

NOW = datetime(2026, 10, 12, tzinfo=UTC)


@pytest.fixture
def exercise(tmp_path):
    """An exercise whose two folders of checks exist and are empty."""
    for name in ("stub", "hidden"):
        (tmp_path / name).mkdir()
    return Exercise(
        "exercise-01", "Made up", ("answer.py",), Fraction(1), Limits(), Isolation.SUBMISSION,
        tmp_path / "stub", tmp_path / "solution", tmp_path / "hidden",
    )  # fmt: skip


def test_visible_files_come_first(exercise):
    """Check files are named test_*.py; visible ones come first, each folder in order of name."""
    for folder, name in (("hidden", "test_a"), ("stub", "test_z"), ("stub", "test_b")):
        (exercise.stub_dir.parent / folder / f"{name}.py").touch()
    (exercise.hidden_dir / "mistakes.py").touch()

    assert [path.name for path in checks.check_files(exercise)] == [
        "test_b.py",
        "test_z.py",
        "test_a.py",
    ]


def test_no_files_is_the_teachers(exercise):
    """An exercise without checks is an error that names both folders."""
    with pytest.raises(CourseError) as caught:
        checks.check_files(exercise)

    assert str(caught.value) == (
        f"exercise-01 has no checks: there is no test_*.py in {exercise.stub_dir} "
        f"or {exercise.hidden_dir}."
    )


def test_digest_covers_names_and_contents(tmp_path):
    """The digest changes with a file's name, its contents, and where one file ends."""
    digests = set()
    for names, texts in (("ab", "xy"), ("ac", "xy"), ("ab", "xz"), ("ab", ("xy", ""))):
        files = []
        for name, text in zip(names, texts, strict=True):
            path = tmp_path / f"test_{name}.py"
            path.write_text(text)
            files.append(path)
        digests.add(checks.digest_of(files))

    assert len(digests) == 4
    assert all(len(digest) == 64 for digest in digests)


def item(name, doc, *marks):
    """Stand for a collected function with its marks."""
    found = {mark.name: mark for mark in marks}
    return SimpleNamespace(
        name=name, nodeid=f"test_x.py::{name}", path=SimpleNamespace(parent=None),
        obj=SimpleNamespace(__doc__=doc), get_closest_marker=found.get,
    )  # fmt: skip


def test_title_is_the_first_paragraph(exercise):
    """The title is the docstring's first paragraph on one line; without one, the name."""
    mark = pytest.mark.points(2.5).mark
    read = checks.read_check(item("test_x", "One\n    line.\n\n    More.", mark), exercise, NOW)
    plain = checks.read_check(item("test_no_words[1]", None, mark), exercise, NOW)

    assert (read.id, read.title, read.points) == ("x", "One line.", Fraction(5, 2))
    assert (plain.id, plain.title) == ("no_words[1]", "no words[1]")


@pytest.mark.parametrize("values", [(), ("2",), (True,), (1, 2)])
def test_points_are_one_number(exercise, values):
    """Points that are no number, or more than one, are the teacher's error."""
    mark = pytest.mark.points(*values).mark
    with pytest.raises(CourseError, match="does not say what it is worth"):
        checks.read_check(item("test_x", "X.", mark), exercise, NOW)
