"""`grade import otter`: a folder of otter's becomes an exercise that loads, runs and is fair."""

import json
import subprocess
import sys

import pytest

from grader import course
from grader.errors import CourseError
from grader.imports import exercise, otter

from . import otter_course as oc

BOOK = """course: Imported

exercises:
  - id: exercise-05
    title: What was here
    files: [here.py]
    points: 1
"""


@pytest.fixture
def folder(tmp_path):
    """An empty folder of otter's."""
    made = tmp_path / "otter"
    made.mkdir()
    return made


@pytest.fixture
def root(tmp_path):
    """A course with one exercise."""
    made = tmp_path / "course"
    made.mkdir()
    (made / "gradebook.yml").write_text(BOOK)
    return made


def only(folder):
    """Read the only assignment of a folder."""
    (found,) = otter.read(folder)
    return found


def laid(found, root):
    """Lay an exercise down as exercise-06."""
    exercise.write(found, course.load(root), "exercise-06")


def grade(root, *words):
    """Grade in a process of its own: exit code, score, possible."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", "exercise-06", *words, "--json", "-"],
        cwd=root, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    attempt = json.loads(done.stdout)
    return done.returncode, attempt["score"], attempt["possible"]


def beside(folder):
    """Put a script and test files of both formats into a folder."""
    (folder / "scale.py").write_text(oc.SCRIPT)
    (folder / "tests").mkdir()
    (folder / "tests" / "q1.py").write_text(oc.OK_TEST)
    (folder / "tests" / "q2.py").write_text(oc.FUNCTION_TEST)


def test_master_is_fair(folder, root):
    """A master notebook becomes an exercise of which the reference earns all, the stub nothing."""
    (folder / "lab01.ipynb").write_text(oc.notebook(oc.LAB))
    done = subprocess.run(
        [sys.executable, "-m", "grader", "import", "otter", str(folder)],
        cwd=root, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "exercise-06  Tensors by hand (made from otter, lab01.ipynb)\n"
        "  lab01.py, 2 visible and 2 hidden checks, 5 points\n"
    )
    assert grade(root, "solutions/exercise-06") == (0, "5", "5")
    assert grade(root) == (1, "0", "5")


def test_test_files_are_fair(folder, root):
    """A script beside test files of both formats becomes such an exercise."""
    beside(folder)
    laid(only(folder), root)

    assert grade(root, "solutions/exercise-06") == (0, "3", "3")
    assert grade(root) == (1, "0", "3")


def test_master_texts(folder):
    """Stub and reference are the notebook's code without what is otter's, plotted or shown."""
    (folder / "lab01.ipynb").write_text(oc.notebook(oc.LAB))
    found = only(folder)

    assert found.file == "lab01.py"
    assert (
        found.stub
        == '''"""Tensors by hand."""

import torch


X = torch.arange(6.0).reshape(2, 3)  # two rows


def near(a, b):
    """Whether two tensors agree."""
    return torch.allclose(a, b, atol=1e-6)


def row_means(x):
    """The mean of each row."""
    total = ...
    raise NotImplementedError("row_means: q1")


w = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
loss = ...
g = ...'''
    )
    assert found.reference.endswith('''def row_means(x):
    """The mean of each row."""
    total = x.sum(dim=1)
    return total / x.shape[1]


w = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
loss = (w ** 2).mean()
loss.backward()
g = w.grad''')


def test_master_checks(folder):
    """Each case is a check with its points; one question that earns all or nothing is one check."""
    (folder / "lab01.ipynb").write_text(oc.notebook(oc.LAB))
    files = exercise.files(only(folder), "exercise-06")

    assert (
        files["exercises/exercise-06/test_lab01.py"]
        == '''\
"""Visible checks of exercise 06, imported from otter, lab01.ipynb."""

import pytest
import torch

from grader import expect


@pytest.mark.points(1)
def test_q1_1(student):
    """q1: row_means(X) gives tensor([1., 4.])."""
    expect.close(student.row_means(student.X), torch.tensor([1.0, 4.0]))


@pytest.mark.points(1)
def test_q1_2(student):
    """q1: means.shape gives torch.Size([2])."""
    means = student.row_means(student.X)
    expect.equal(means.shape, (2,))
'''
    )
    assert (
        files["tests/exercise-06/test_lab01.py"]
        == '''\
"""Hidden checks of exercise 06, imported from otter, lab01.ipynb."""

import pytest
import torch

from grader import expect


def near(a, b):
    """Whether two tensors agree."""
    return torch.allclose(a, b, atol=1e-06)


@pytest.mark.points(1)
def test_q1_3(student):
    """q1, case 3 of 3."""
    one = torch.ones(1, 4)
    assert student.row_means(one).shape == (1,)
    expect.equal(near(student.row_means(one), torch.ones(1)), True)


@pytest.mark.points(2)
def test_q3(student):
    """q3: all 2 cases, which earn points together."""
    expect.close(student.g, torch.tensor([0.6667, -1.3333, 2.0]), atol=0.0001)
    expect.close(student.loss, torch.tensor(4.6667), atol=0.0001)
'''
    )


def test_master_left(folder):
    """What has no place in an exercise is listed with its place."""
    (folder / "lab01.ipynb").write_text(oc.notebook(oc.LAB))
    told = [str(each) for each in only(folder).left]

    assert told == [
        "lab01.ipynb, cell 3: for Jupyter alone, and left out: cell 3, line 3 "
        "(`%matplotlib inline`)",
        "lab01.ipynb, cell 1: data.csv: what is graded here reads no files; write the data into "
        "the code",
        "lab01.ipynb, cell 26: the seed `torch.manual_seed(0)` is left out",
        "lab01.ipynb, cell 3: `import matplotlib.pyplot as plt` is left out: it needs matplotlib, "
        "and what is graded here shows nothing",
        "lab01.ipynb, cell 14: q1 - 3: what it says on failure is left out, since of a hidden "
        "check students would read it",
        "lab01.ipynb, cell 17: q2 is graded by hand (2 points)",
        "lab01.ipynb, cell 29: q3 - 2: the values are compared, and not whether they carry a graph",
        "lab01.ipynb, cell 23: q3 earns all or nothing: its cases are one check; what students "
        "could see of it is hidden too",
    ]


def test_readme(folder):
    """The texts of the notebook are the README; what a person grades is not in it."""
    (folder / "lab01.ipynb").write_text(oc.notebook(oc.LAB))

    assert only(folder).readme == (
        "# Lab 1: tensors by hand\n\nA small lab.\n\nWhat `q1` asks.\n\n"
        "Let `loss` be the mean of the squares of `w`, and `g` its gradient.\n\n"
        "## What earns points\n\nWrite your answers in `lab01.py`: 5 points together. "
        "2 of 4 checks stand in `test_lab01.py`."
    )


def test_beside_checks(folder):
    """Test files give checks; what they define for themselves stands in the checks that use it."""
    beside(folder)
    files = exercise.files(only(folder), "exercise-06")
    visible = files["exercises/exercise-06/test_scale.py"]
    hidden = files["tests/exercise-06/test_scale.py"]

    assert (
        '''
@pytest.mark.points(0.5)
def test_q2_1(student):
    """q2, case 1 of 2."""

    def doubled(x):
        return x + x
    x = torch.ones(3)
    assert torch.equal(student.scaled(x), doubled(x)), 'Every number is doubled.'
'''.replace("\n\n    def", "\n    def")
        in visible
    )
    # Of a hidden case neither its docstring nor its words reach a student.
    assert (
        '''
@pytest.mark.points(1.5)
def test_q2_2(student):
    """q2, case 2 of 2."""
    assert student.scaled(torch.zeros(2)).sum() == 0
'''
        in hidden
    )
    # A case that says nothing about it is hidden.
    assert "def test_q1_2" in hidden
    assert "def test_q1_2" not in visible


def test_no_solution_in_the_stub(folder):
    """Where no marker says what a solution is, what the tests ask for is blanked."""
    beside(folder)
    found = only(folder)

    assert "x * SCALE" in found.reference
    assert "x * SCALE" not in found.stub
    assert "SCALE = 2.0" in found.stub
    assert "answer = ..." in found.stub


def test_metadata(folder, root):
    """A notebook that carries its tests is read without a folder of tests."""
    cells = [
        oc.words("# Carried"),
        oc.code("import torch"),
        oc.code("def scaled(x):\n    return 2 * x # SOLUTION\n\nanswer = 6.0 # SOLUTION"),
    ]
    tests = {
        "q1": {"name": "q1", "points": [2, 1], "suites": [{"cases": [
            {"code": ">>> scaled(3)\n6", "hidden": False},
            {"code": ">>> answer\n6.0", "hidden": True}]}]},
        "q2": oc.FUNCTION_TEST,
    }  # fmt: skip
    (folder / "carried.ipynb").write_text(oc.notebook(cells, **oc.metadata(tests, is_ok=True)))
    found = only(folder)
    laid(found, root)

    assert found.title == "Carried"
    assert grade(root, "solutions/exercise-06") == (0, "5", "5")
    assert grade(root) == (1, "0", "5")


def test_what_assign_made(folder):
    """Of what otter assign made, the autograder's version is read: it has the solutions."""
    for name in ("autograder", "student"):
        (folder / name).mkdir()
        text = "x = 2 # SOLUTION" if name == "autograder" else "x = ..."
        tests = {"q1": {"name": "q1", "suites": [{"cases": [{"code": ">>> x\n2"}]}]}}
        (folder / name / "lab.ipynb").write_text(
            oc.notebook([oc.code(text)], **oc.metadata(tests, is_ok=True))
        )

    assert only(folder).reference.endswith("x = 2")


def test_a_students_version(folder):
    """A version without solutions gives the stub twice, and that is told."""
    tests = {"q1": {"name": "q1", "suites": [{"cases": [{"code": ">>> f(1)\n2"}]}]}}
    (folder / "lab.ipynb").write_text(
        oc.notebook([oc.code("def f(x):\n    ...")], **oc.metadata(tests, is_ok=True))
    )
    found = only(folder)

    assert found.stub == found.reference
    assert 'raise NotImplementedError("f: lab.ipynb")' in found.stub
    assert str(found.left[0]) == (
        "lab.ipynb: there is no solution in it, so the reference is the stub; "
        "write it in solutions/"
    )


def test_old_form(folder):
    """The old form, a question in a fenced block and tests told by their first line, is read."""
    cells = [
        oc.words("**Question 1.** The smallest prime.\n\n```\nBEGIN QUESTION\nname: q1\n"
                 "points: 2\n```"),
        oc.code("x = 2 # SOLUTION"),
        oc.code("## Test ##\nisinstance(x, int)", "True"),
        oc.code("## HIDDEN TEST ##\nx", "2"),
        oc.code("shown = 3"),
    ]  # fmt: skip
    (folder / "old.ipynb").write_text(oc.notebook(cells))
    found = only(folder)

    assert [(c.name, c.points, c.is_hidden, c.body) for c in found.checks] == [
        ("q1_1", 1, False, "assert isinstance(student.x, int)"),
        ("q1_2", 1, True, "expect.equal(student.x, 2)"),
    ]
    assert found.stub.endswith("x = ...\n\n\nshown = 3")


def test_one_broken_notebook_of_two(folder):
    """A notebook that cannot be read keeps no other back, and its reason is listed."""
    (folder / "a.ipynb").write_text("{")
    (folder / "b.ipynb").write_text(oc.notebook(oc.LAB))
    first, second = otter.read(folder)

    assert not first.checks
    assert str(first.left[0]) == (
        "otter, a.ipynb: it is no notebook: line 1, column 2 is no JSON (Expecting property name "
        "enclosed in double quotes); open it in Jupyter and save it again"
    )
    assert second.title == "Tensors by hand"


def test_nothing_there(folder):
    """A folder without an assignment is told what one is."""
    with pytest.raises(CourseError) as caught:
        otter.read(folder)

    assert str(caught.value) == (
        f"{folder} has no assignment of otter's: a notebook with `# BEGIN QUESTION` cells, or a "
        "notebook or script beside a folder `tests`"
    )


def test_another_language(folder):
    """A notebook in R is refused."""
    (folder / "r.ipynb").write_text(oc.notebook(oc.LAB, language="R"))
    with pytest.raises(CourseError) as caught:
        otter.read(folder)

    assert str(caught.value) == "r.ipynb: its language is r; exercises are in Python"
