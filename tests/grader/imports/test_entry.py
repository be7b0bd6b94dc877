"""An entry is added to gradebook.yml, and nothing else in it changes."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import course
from grader.errors import CourseError
from grader.imports import entry
from grader.imports.entry import Entry

NEW = Entry("exercise-06", "Scores", "scores.py", Fraction(5, 2))
ONE = "  - id: exercise-01\n    title: One\n    files: [one.py]\n    points: 6"

FILES = {
    "usual": f"course: C # ours\n\nexercises:\n{ONE} # all marks\n",
    "apart": f"course: C\nexercises:\n{ONE}\n\n{ONE.replace('01', '02')}\n",
    "together": f"course: C\nexercises:\n{ONE}\n{ONE.replace('01', '02')}\n",
    "no newline at the end": f"course: C\nexercises:\n{ONE}",
    "comments behind": f"course: C\nexercises:\n{ONE}\n\n  # more to come\n",
    "another key behind": f"course: C\nexercises:\n{ONE}\n\n# the course's\nseed: 3\n"
    "zone: Europe/Berlin\n",
    "no indentation": "course: C\nexercises:\n- id: exercise-01\n  title: One\n  files:\n"
    "  - one.py\n  points: 6\n",
    "a map last": f"course: C\nexercises:\n{ONE}\n    limits: {{time: 20 s,\n"
    "      memory: 1 GiB}\n",
    "a folded title last": "course: C\nexercises:\n  - id: exercise-01\n    files: [one.py]\n"
    "    points: 6\n    title: >-\n      One\n      and two\n\n",
    "windows": f"course: C\nexercises:\n{ONE}\n".replace("\n", "\r\n"),
}  # fmt: skip

AFTER = {
    "usual": f"{FILES['usual']}\n  - id: exercise-06\n    title: Scores\n    files: [scores.py]\n"
    "    points: 2.5\n",
    "together": f"{FILES['together']}  - id: exercise-06\n    title: Scores\n"
    "    files: [scores.py]\n    points: 2.5\n",
    "another key behind": f"course: C\nexercises:\n{ONE}\n\n  - id: exercise-06\n"
    "    title: Scores\n    files: [scores.py]\n    points: 2.5\n\n"
    "# the course's\nseed: 3\nzone: Europe/Berlin\n",
    "no indentation": f"{FILES['no indentation']}\n- id: exercise-06\n  title: Scores\n"
    "  files: [scores.py]\n  points: 2.5\n",
    "windows": f"{FILES['windows']}\r\n  - id: exercise-06\r\n    title: Scores\r\n"
    "    files: [scores.py]\r\n    points: 2.5\r\n",
}  # fmt: skip


def added(folder, text, new=NEW):
    """The file with an entry more, and what the course then has."""
    path = folder / "gradebook.yml"
    path.write_bytes(text.encode())
    after = entry.with_exercise(course.load(folder), new)
    entry.replace(folder, after)
    return after.decode(), course.load(folder)


@pytest.mark.parametrize("name", FILES)
def test_added(name, tmp_path):
    """However the list is written, each line stays as it was and the new exercise comes last."""
    text, found = added(tmp_path, FILES[name])

    last = found.exercises[-1]
    assert (last.id, last.title, last.files, last.points) == (
        "exercise-06", "Scores", ("scores.py",), Fraction(5, 2))  # fmt: skip
    kept = iter(text.splitlines())
    assert all(line in kept for line in FILES[name].splitlines())


@pytest.mark.parametrize("name", AFTER)
def test_to_the_letter(name, tmp_path):
    """The entry has the indentation, the line ends and the distance of the others."""
    text, _ = added(tmp_path, FILES[name])

    assert text == AFTER[name]


FLOWING = "course: C\nexercises: [{id: exercise-01, title: One, files: [one.py], points: 6}]\n"


def test_a_list_on_one_line(tmp_path):
    """A list that is not written in lines is left alone, and the lines to be added are told."""
    with pytest.raises(CourseError) as refused:
        added(tmp_path, FLOWING)

    assert str(refused.value) == (
        "gradebook.yml writes its exercises in a way to which nothing can be added here; nothing "
        "was written. Put each exercise in lines of its own under `exercises:`, as these:\n"
        "  - id: exercise-06\n    title: Scores\n    files: [scores.py]\n    points: 2.5"
    )
    assert (tmp_path / "gradebook.yml").read_text() == FLOWING


def test_a_file_that_has_changed_since(tmp_path):
    """What somebody wrote between reading and writing is not lost."""
    path = tmp_path / "gradebook.yml"
    path.write_text(FILES["usual"])
    before = course.load(tmp_path)
    path.write_text(FILES["together"])

    with pytest.raises(CourseError, match="nothing was written"):
        entry.with_exercise(before, NEW)


def test_permissions_and_links_stay(tmp_path):
    """The file keeps its permissions, and a link to it stays a link."""
    real = tmp_path / "real.yml"
    real.write_text(FILES["usual"])
    real.chmod(0o640)
    (tmp_path / "gradebook.yml").symlink_to(real)
    entry.replace(tmp_path, b"other")

    assert (tmp_path / "gradebook.yml").is_symlink()
    assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"other", 0o640)


_TITLES = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1,
                  max_size=60).map(str.strip).filter(str.isprintable).filter(bool)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(title=_TITLES, hundredths=st.integers(1, 10_000_000))
def test_any_title(title, hundredths, tmp_path_factory):
    """Whatever a title is, and whatever the points are, the course has just these afterwards."""
    new = Entry("exercise-99", title, "a.py", Fraction(hundredths, 100))
    _, found = added(tmp_path_factory.mktemp("course"), FILES["usual"], new)

    assert (found.exercises[-1].title, found.exercises[-1].points) == (title, new.points)
