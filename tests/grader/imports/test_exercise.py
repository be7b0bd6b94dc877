"""An imported exercise is laid down in the trees of a course, whole or not at all."""

import ast
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import course
from grader.errors import CourseError
from grader.imports import exercise
from grader.imports.exercise import Imported, ImportedCheck

GRADEBOOK = """course: C

exercises:
  - id: exercise-01
    title: One
    files: [one.py]
    points: 6
"""
SEEN = ImportedCheck(
    "shape",
    "The result has a row.",
    Fraction(3, 2),
    is_hidden=False,
    body='got = student.f(1)\n# One row.\nassert len(got) == 1, """one\nrow"""',
)
UNSEEN = ImportedCheck(
    "values",
    'They are "right".',
    Fraction(1),
    is_hidden=True,
    body="assert student.f(2) == reference.f(2)",
    arguments=("student", "reference"),
    needs="shape",
)
NEW = Imported(
    title="Rows", file="rows.py", stub="def f(x):\n    raise NotImplementedError('f')",
    reference="def f(x):\n    return [x]\n", checks=(SEEN, UNSEEN), readme="# Rows\n",
    origin="ps1/rows.ipynb", visible_setup="import math\n\nN = 3", hidden_setup="import os",
)  # fmt: skip


@pytest.fixture
def here(tmp_path):
    """A course with one exercise, of which there are no files."""
    (tmp_path / "gradebook.yml").write_text(GRADEBOOK)
    return course.load(tmp_path)


def files_of(root):
    """All files below a folder, with what is in them."""
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*")
            if path.is_file()}  # fmt: skip


def test_write(here):
    """What students see lies in exercises/, the rest elsewhere, and gradebook.yml has the entry."""
    written = exercise.write(NEW, here, "exercise-02")

    assert [str(path.relative_to(here.root)) for path in written] == [
        "exercises/exercise-02/README.md", "exercises/exercise-02/rows.py",
        "solutions/exercise-02/rows.py", "exercises/exercise-02/test_rows.py",
        "tests/exercise-02/test_rows.py", "gradebook.yml",
    ]  # fmt: skip
    assert {str(path.relative_to(here.root)) for path in written} == set(files_of(here.root))
    last = course.load(here.root).exercises[-1]
    assert (last.id, last.title, last.files, last.points) == (
        "exercise-02", "Rows", ("rows.py",), Fraction(5, 2))  # fmt: skip


def test_check_files():
    """A check file has its setup at the top and reads as one that a person wrote."""
    made = exercise.files(NEW, "exercise-02")

    assert made["exercises/exercise-02/test_rows.py"] == (
        '"""Visible checks of exercise 02, imported from ps1/rows.ipynb."""\n\nimport pytest\n'
        'import math\n\nN = 3\n\n\n@pytest.mark.points(1.5)\ndef test_shape(student):\n'
        '    """The result has a row."""\n    got = student.f(1)\n    # One row.\n'
        '    assert len(got) == 1, """one\nrow"""\n'
    )  # fmt: skip
    assert made["tests/exercise-02/test_rows.py"] == (
        '"""Hidden checks of exercise 02, imported from ps1/rows.ipynb."""\n\nimport pytest\n'
        'import os\n\n\n@pytest.mark.points(1)\n@pytest.mark.needs("shape")\n'
        "def test_values(student, reference):\n    \"\"\"They are \"right\".\"\"\"\n"
        "    assert student.f(2) == reference.f(2)\n"
    )  # fmt: skip


@pytest.mark.parametrize("folder", ["exercises", "solutions", "tests"])
def test_nothing_is_overwritten(here, folder):
    """Where a folder of that name is there, nothing is written."""
    (here.root / folder / "exercise-02").mkdir(parents=True)
    (here.root / folder / "exercise-02" / "mine.py").write_text("mine")
    before = files_of(here.root)

    with pytest.raises(CourseError) as refused:
        exercise.write(NEW, here, "exercise-02")

    assert str(refused.value) == f"{folder}/exercise-02 is there already; nothing was written."
    assert files_of(here.root) == before


def test_a_failure_leaves_the_course_as_it_was(here):
    """Where gradebook.yml cannot take the entry, no folder stays behind."""
    (here.root / "gradebook.yml").unlink()
    before = sorted(here.root.iterdir())

    with pytest.raises(CourseError):
        exercise.write(NEW, here, "exercise-02")

    assert sorted(here.root.iterdir()) == before


def test_a_file_in_the_way(here):
    """Where a tree cannot be made, the sentence says so and what was begun is taken back."""
    (here.root / "solutions").write_text("a file")
    before = files_of(here.root)

    with pytest.raises(
        CourseError, match=r"exercise-02 cannot be written: .*; the course is as it"
    ):
        exercise.write(NEW, here, "exercise-02")

    assert files_of(here.root) == before
    assert not (here.root / "exercises/exercise-02").exists()


@pytest.mark.parametrize("body", ["assert (", "pass\n  pass", "\0", "(" * 900])
def test_a_body_that_is_none(body):
    """A body that is no Python is refused, with the place where it came from."""
    broken = replace(NEW, checks=(replace(SEEN, body=body, place="a.ipynb, cell 3"),))

    with pytest.raises(CourseError) as refused:
        exercise.files(broken, "exercise-02")

    assert str(refused.value) == (
        "a.ipynb, cell 3: the check shape cannot be written as a function of one piece; nothing "
        "was written."
    )


def test_free_ids(here):
    """The next number is free if neither the course nor a folder has it; or one is named."""
    (here.root / "tests" / "exercise-07").mkdir(parents=True)

    assert exercise.free_ids(here, 2) == ["exercise-08", "exercise-09"]
    assert exercise.free_ids(here, 2, "exercise-03") == ["exercise-03", "exercise-04"]


@pytest.mark.parametrize(
    ("count", "first", "told"),
    [
        (1, "exercise-01", "exercise-01 is there already, in gradebook.yml or as a folder; name "
         "another one with --as"),
        (1, "ex-3", '"ex-3" is no id; write exercise- and two digits, such as exercise-17'),
        (2, "exercise-99", "2 exercises from number 99 on go beyond exercise-99; import fewer, or "
         "name a lower number with --as"),
    ],
)  # fmt: skip
def test_ids_that_cannot_be(here, count, first, told):
    """An id that is none, is taken or goes beyond the last is refused."""
    with pytest.raises(CourseError) as refused:
        exercise.free_ids(here, count, first)

    assert str(refused.value) == told


NAMES = {"problem1": "problem1.py", "Lab 3 – Attention": "lab_3_attention.py", "03-intro":
         "part_03_intro.py", "torch": "answer_torch.py", "test_me": "answer_test_me.py", "json":
         "answer_json.py", "": "part.py", "numpy": "answer_numpy.py", "conftest":
         "answer_conftest.py"}  # fmt: skip


@pytest.mark.parametrize("stem", NAMES)
def test_file_names(stem):
    """A notebook's name becomes a file's that is no module's and no check file's."""
    assert exercise.file_name(stem, {"numpy"}) == NAMES[stem]


@given(st.text(max_size=120), st.sets(st.sampled_from(["a", "b", "check", "a_2"])))
def test_check_names(text, taken):
    """Any text becomes the name of a function that is not taken."""
    name = exercise.check_name(text, taken)

    assert f"test_{name}".isidentifier()
    assert name.isascii()
    assert name not in taken


@given(st.text(max_size=80), st.integers(1, 10_000_000))
def test_any_title_is_a_docstring(title, hundredths):
    """Whatever a title says, it is the docstring, and the points are those of the mark."""
    check = replace(SEEN, title=title, points=Fraction(hundredths, 100))
    made = exercise.files(replace(NEW, checks=(check,)), "exercise-02")
    (function,) = (node for node in ast.parse(made["exercises/exercise-02/test_rows.py"]).body
                   if isinstance(node, ast.FunctionDef))  # fmt: skip

    assert ast.get_docstring(function, clean=False) == " ".join(title.split())
    assert Fraction(ast.unparse(function.decorator_list[0].args[0])) == check.points


def test_indented():
    """Statements are indented; what stands within a text over several lines is not."""
    text = 'x = """a\n  b"""\nif x:\n    y = f"""{x}\nc"""\n\nz = 1'

    assert exercise.indented(text) == (
        '    x = """a\n  b"""\n    if x:\n        y = f"""{x}\nc"""\n\n    z = 1'
    )
