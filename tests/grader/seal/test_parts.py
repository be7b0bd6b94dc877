"""What of an exercise is sealed: all that grading reads, and nothing that only people read."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader import course
from grader.errors import CourseError
from grader.seal import packing, parts


def laid_down(files: dict[str, bytes], root: Path) -> Path:
    """Write files below a folder."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def test_all_that_grading_reads_is_sealed(teacher) -> None:
    """Checks, stubs and data, hidden or not; no README, hints, notebook or other exercise."""
    for name in ("answer.ipynb", ".hidden", "answer.py~", "__pycache__/a.pyc", "more/table.csv"):
        teacher.write(f"exercises/exercise-01/{name}", "")

    assert list(parts.of(teacher.exercise)) == [
        "gradebook.yml",
        "exercises/exercise-01/answer.py",
        "exercises/exercise-01/more/table.csv",
        "exercises/exercise-01/test_answer.py",
        "solutions/exercise-01/answer.py",
        "tests/exercise-01/data.bin",
        "tests/exercise-01/mistakes.py",
        "tests/exercise-01/test_hidden.py",
    ]


def test_the_exercise_is_what_it_was(teacher, tmp_path: Path) -> None:
    """Laid down elsewhere, the course says of the exercise what it says here, to the digit."""
    there = course.load(laid_down(parts.of(teacher.exercise), tmp_path / "opened"))
    here = course.load(teacher.root)
    (exercise,) = there.exercises
    folders = {n: getattr(exercise, n) for n in ("stub_dir", "reference_dir", "hidden_dir")}

    assert replace(here.exercises[0], **folders) == exercise
    assert (there.title, there.seed) == (here.title, here.seed)


@pytest.mark.parametrize(
    "lines",
    [
        "limits: {time: 0.5 s, memory: 1.5 MiB, open files: 32}\nisolation: check\n",
        "late: 10 % a day, 3 days at most, 15 min grace\ncounts: last\nzone: Europe/Berlin\n",
        "drop: 1\nlate: not accepted\nseed: 9223372036854775807\n",
    ],
)
def test_whatever_stands_in_gradebook_yml_is_kept(lines: str, teacher, tmp_path: Path) -> None:
    """Limits with units, zones and texts mean the same in what is sealed."""
    text = (teacher.root / "gradebook.yml").read_text()
    kept = "".join(
        line for line in text.splitlines(True) if not line.startswith(("seed", "limits"))
    )
    teacher.write("gradebook.yml", kept.replace("points: 4", "points: 4.5") + lines)
    there = course.load(laid_down(parts.of(teacher.exercise), tmp_path / "opened"))
    (exercise,) = there.exercises
    folders = {n: getattr(exercise, n) for n in ("stub_dir", "reference_dir", "hidden_dir")}

    assert replace(teacher.exercise, **folders) == exercise
    assert there.seed == course.load(teacher.root).seed


def test_another_exercise_changes_nothing(teacher) -> None:
    """Comments, other exercises and where things stand in gradebook.yml are not sealed."""
    before = parts.of(teacher.exercise)
    text = (teacher.root / "gradebook.yml").read_text(encoding="utf-8")
    teacher.write("gradebook.yml", text.replace("Halving", "Thirds").replace("# A", "# Another"))

    assert parts.of(teacher.exercise) == before


def test_the_courses_own_exercises_can_be_sealed(tmp_path: Path) -> None:
    """Each exercise of this course lies down again as it is."""
    for exercise in course.load(Path(__file__).parents[3]).exercises:
        files = parts.of(exercise)
        (there,) = course.load(laid_down(files, tmp_path / exercise.id)).exercises

        assert (there.id, there.points, there.limits) == (
            exercise.id, exercise.points, exercise.limits
        )  # fmt: skip
        assert packing.unpack(packing.pack(files)) == files


def test_a_students_copy_cannot_be_sealed(teacher, tmp_path: Path) -> None:
    """Where neither hidden checks nor a reference lie, there is nothing to seal."""
    (teacher.root / "sealed").mkdir()
    with pytest.raises(CourseError) as caught:
        parts.of(teacher.released(tmp_path / "student").exercise)

    assert str(caught.value) == (
        "exercise-01 has neither tests/exercise-01 nor solutions/exercise-01 here; seal it in the "
        "teacher's copy of the course"
    )


def test_a_link_is_refused(teacher) -> None:
    """A link could lead anywhere, and a seal holds none."""
    (teacher.root / "tests/exercise-01/more.py").symlink_to("test_hidden.py")
    with pytest.raises(CourseError) as caught:
        parts.of(teacher.exercise)

    assert str(caught.value) == (
        "tests/exercise-01/more.py is a link, or no file; put the file itself there, since a seal "
        "holds no links"
    )


def test_a_seal_that_is_no_file_is_told(teacher) -> None:
    """A folder or a link in the place of a seal is a sentence, and so is a file beyond bounds."""
    teacher.seal.mkdir(parents=True)
    with pytest.raises(CourseError) as caught:
        parts.sealed(teacher.exercise)
    teacher.seal.rmdir()
    teacher.seal.symlink_to("/dev/zero")
    with pytest.raises(CourseError) as linked:
        parts.sealed(teacher.exercise)
    teacher.seal.unlink()
    with teacher.seal.open("wb") as file:
        file.truncate(66 << 20)
    with pytest.raises(CourseError) as large:
        parts.sealed(teacher.exercise)

    link = (
        "sealed/exercise-01.sealed is a link, or no file; take it again from where it was "
        "released, or remove it and type grade seal exercise-01"
    )
    assert [str(caught.value), str(linked.value)] == [link, link]
    assert str(large.value) == "sealed/exercise-01.sealed holds more than 65 MiB; no seal can"
