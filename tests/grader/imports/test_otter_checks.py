"""The checks that an otter assignment gives: where each name comes from, and what is left."""

import pytest

from grader.imports import otter

from . import otter_course as oc


@pytest.fixture
def folder(tmp_path):
    """An empty folder of otter's."""
    return tmp_path


def only(folder):
    """Read the only assignment of a folder."""
    (found,) = otter.read(folder)
    return found


def test_answers_run_by_the_teacher(folder):
    """A statement of the teacher's that runs answers moves into the checks that look at it."""
    cells = [
        *oc.question("name: q1", [oc.code("def f(x):\n    return x + 1 # SOLUTION")],
                     [oc.code("f(1)", "2")]),
        oc.code("two = f(1)\nthree = f(two)"),
        *oc.question("name: q2", [oc.code("y = 3 # SOLUTION")], [oc.code("three == y", "True")]),
    ]  # fmt: skip
    (folder / "lab.ipynb").write_text(oc.notebook(cells))
    found = only(folder)

    assert "two" not in found.reference
    assert found.checks[1].body == (
        "two = student.f(1)\nthree = student.f(two)\nassert three == student.y"
    )


def test_answers_that_the_file_waits_for(folder):
    """Where an answer needs such a statement it stays in the file, and that is told."""
    cells = [
        *oc.question("name: q1", [oc.code("def f(x):\n    return x + 1 # SOLUTION")],
                     [oc.code("f(1)", "2")]),
        oc.code("two = f(1)"),
        *oc.question("name: q2", [oc.code("y = two + 1 # SOLUTION")], [oc.code("y", "3")]),
    ]  # fmt: skip
    (folder / "lab.ipynb").write_text(oc.notebook(cells))
    found = only(folder)

    assert "two = f(1)" in found.stub
    assert [str(each) for each in found.left] == [
        "lab.ipynb, cell 10: `two = f(1)` is run as the file is loaded: nothing loads before the "
        "answers in it are there"
    ]


@pytest.mark.parametrize(
    ("test", "why"),
    [
        (oc.code("nowhere + x", "3"),
         "it needs `nowhere`, and nothing in the assignment gives it a value"),
        (oc.code("data.sum() + x", "3"),
         "it needs `data`, and what is graded here reads no files; write the data into the code"),
        (oc.code("1 + 1", "2"), "it asks for nothing that a student writes"),
        (oc.code("x"), "no output is stored for `x`; run the notebook, save it with its outputs "
                       "and import it again"),
        (oc.code("eval('x')", "2"), "it calls eval(), which finds names by their text"),
        (oc.code("f'{x}' + str(student)", "'2'"),
         "it needs `student`, and nothing in the assignment gives it a value"),
        (oc.code("x * object()", "<object object at 0x7f>"),
         "what `x * object()` prints is shortened, or differs in each run"),
    ],
)  # fmt: skip
def test_cases_that_are_left(folder, test, why):
    """A case that cannot be a check is left with its points and the reason."""
    cells = [
        oc.code("import numpy as np\ndata = np.loadtxt('data.csv')"),
        *oc.question("name: q1\npoints: 3", [oc.code("x = 2 # SOLUTION")],
                     [oc.code("x", "2"), test]),
    ]  # fmt: skip
    (folder / "lab.ipynb").write_text(oc.notebook(cells))
    found = only(folder)

    assert len(found.checks) == 1
    assert f"lab.ipynb, cell 9: q1 - 2, 1.5 points: {why}" in [str(each) for each in found.left]
