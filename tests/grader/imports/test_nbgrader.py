"""A source assignment of nbgrader's becomes an exercise; what cannot is listed with its place."""

import sys

import pytest

from grader.errors import CourseError
from grader.imports import exercise, nbgrader

from . import nbgrader_course as nc
from .nbgrader_course import SOLUTION, F, graded, told


@pytest.fixture(scope="module")
def attention(tmp_path_factory):
    """The assignment with every kind of cell."""
    path = nc.save(tmp_path_factory.mktemp("source") / "ps1", "attention.ipynb", nc.ATTENTION)
    return nbgrader.of_notebook(path)


def test_stub(attention):
    """A region in a function raises; names at the top have no value, classes keep signatures."""
    assert attention.stub == (
        '"""Attention, imported from ps1/attention.ipynb."""\n\n'
        "import math\nimport torch\nimport torch.nn.functional as F\n\n\n"
        'D = 3\n\n\ndef rows(n):\n    """Rows of whole numbers."""\n'
        "    return torch.arange(n * D, dtype=torch.float32).reshape(n, D)\n\n\n"
        "keys = rows(4)\n\n\n"
        'def scores(q, k):\n    """Compare each query with each key.\n\n'
        '    Axes: q (n, D), k (m, D).\n    """\n    # YOUR CODE HERE\n'
        '    raise NotImplementedError("scores")\n\n\n'
        "# YOUR CODE HERE\ntemperature = ...\ncold = ...\n\n\n"
        "# YOUR CODE HERE\nclass Weigh(torch.nn.Module):\n\n"
        "    def __init__(self, scale=1.0):\n"
        '        raise NotImplementedError("Weigh.__init__")\n\n'
        '    def forward(self, s):\n        """Softmax over the keys."""\n'
        '        raise NotImplementedError("Weigh.forward")\n\n\n'
        'def tried():\n    # YOUR CODE HERE\n    raise NotImplementedError("tried")\n'
    )


def test_reference(attention):
    """The reference has the solutions without their markers, and none of what only tries things."""
    assert "    # Each row of k is a key.\n    return q @ k.T" in attention.reference
    assert "BEGIN" not in attention.reference
    assert "print(" not in attention.reference
    assert "COLLABORATORS" not in attention.reference


def test_checks(attention):
    """Each cell of tests is a check with its points; a hidden part is one of its own."""
    checks = [(c.name, str(c.points), c.is_hidden, c.needs, c.title) for c in attention.checks]

    assert checks == [
        ("scores", "3/10", False, None, "One number for each query and key."),
        ("scores_hidden", "27/10", True, "scores",
         "One number for each query and key, further cases."),
        ("temperature", "1/2", False, None, "It is a tensor."),
        ("weigh", "2", False, None, "Weigh."),
        ("auto", "1", True, None, "Auto."),
    ]  # fmt: skip


def test_bodies(attention):
    """Names of the solution are asked of the student, and what leads to them comes along."""
    bodies = {check.name: check.body for check in attention.checks}

    assert bodies["scores"] == "q = rows(2)\nassert student.scores(q, keys).shape == (2, 4)"
    assert bodies["scores_hidden"] == (
        "q = rows(2)\nk = torch.ones(5, D)\nassert torch.allclose(student.scores(q, k), "
        "q.sum(1, keepdim=True).expand(2, 5) / math.sqrt(D))"
    )
    assert bodies["weigh"] == (
        "model = student.Weigh(2.0)\nweights = model(student.scores(rows(2), keys))\n"
        "total = weights.sum(-1)\nassert torch.allclose(total, torch.ones(2))\n"
        "for scores_of_one in student.scores(rows(2), keys):\n"
        "    assert model(scores_of_one).argmax() == 3"
    )
    assert bodies["auto"] == (
        "expect.same(student.scores, rows(1), keys)\n"
        "expect.equal(round(float(student.cold), 3), round(float(reference.cold), 3))"
    )


def test_readme(attention):
    """Students read the texts, and nothing that the teacher or the graders keep."""
    assert attention.readme == (
        "# Attention\n\nWrite three pieces of it.\n\n## Scores (3 points)\n\n"
        "One number for each query and key.\n\n## An essay\n\nWrite a page.\n\n"
        "Write your answers in `attention.py`. The checks are worth 6.5 points together. "
        "Those that you may read are in `test_attention.py`."
    )


def test_left(attention):
    """What could not be carried over is told with its cell, its reason and its points."""
    assert told(attention) == [
        "attention.ipynb, cell 15 (test_patched): its test (1 point) is left out: it gives "
        "`scores` another value, which the student's functions, in a process of their own, would "
        "not see",
        "attention.ipynb, cell 16 (why): a person grades this text (4 points); the exercise is "
        "without it",
        "attention.ipynb, cell 17 (free): a person grades this code (2 points); the exercise is "
        "without it",
        "attention.ipynb, cell 18 (essay): a person grades this task (3 points); only its text is "
        "there, in the README",
        "attention.ipynb, cell 2: for Jupyter alone, and left out: line 1 (`%matplotlib inline`)",
        "attention.ipynb, cell 8 (test_scores): of 3 points it gives 0.3 for what students see and "
        "2.7 for what is hidden; nbgrader gives all or nothing",
    ]


SECRETS = ("return q @ k.T", "softmax(s", "torch.tensor(2.0)", "torch.ones(5", "TEACHER",
           "A POINT A LINE", "scores(keys, keys)")  # fmt: skip


def test_students_get_no_secret(attention):
    """Neither solutions nor hidden tests nor the teacher's answers stand in what students get."""
    texts = exercise.files(attention, "exercise-06")
    given = "\n".join(text for name, text in texts.items() if name.startswith("exercises/"))
    kept = "\n".join(text for name, text in texts.items() if not name.startswith("exercises/"))

    assert [secret for secret in SECRETS if secret in given] == []
    assert [secret for secret in SECRETS if secret not in kept] == ["TEACHER", "A POINT A LINE"]


REFUSED = {
    "f": "it asserts nothing",
    "def g():\n    assert f(1) == 2": "it asserts nothing",
    "assert 1 == 1": "it asks nothing of what students write, so the stub would pass it",
    "assert unknown(f(1)) == 2": "it uses `unknown`, which nothing in the notebook defines",
    "assert 'f' in globals()": "it calls `globals`, which looks for names by their text",
    "assert f.__doc__": "it reads f.__doc__, and a student's function can only be called",
    "import inspect\nassert 'x' in inspect.getsource(f)": "it calls getsource with `f`, and a "
    "student's function or class can only be called",
    "assert Own(1).x == 1": "it makes an object of Own, and of students' own classes only "
    "modules of torch cross over",
    "assert isinstance(f(1), Own)": "it calls isinstance with `Own`, and a student's function or "
    "class can only be called",
    "class More(Own):\n    pass\nassert More(f(1))": "it inherits from `Own`, a class that the "
    "student defines",
    "try:\n    f(1)\nexcept Own:\n    raise": "it catches `Own`, a class that the student defines",
    "student = f(1)\nassert student == 2": "it gives a value to `student`, which means something "
    "else in a check",
    "def g():\n    global h\n    h = f(1)\ng()\nassert h == 2": "it sets names of the notebook "
    "from within a function (global)",
    "f = len\nassert twice(1) == 2": "it gives `f` another value, which the student's functions, "
    "in a process of their own, would not see",
    "total.append(1)\nassert twice(1) == 2": "it changes `total`, and the student's functions have "
    "another one, in a process of their own",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_a_test_that_cannot_be_a_check(made, text):
    """A test that would be another one as a check is left out, with the reason."""
    more = "class Own:\n    pass\ndef twice(x):\n    return f(x) + len(total)"
    found = made(F, ("code", {}, "total = []"), ("code", SOLUTION | {"grade_id": "m"}, more),
                 graded("assert f(1) == 2"), graded(text, 1, "u"))  # fmt: skip

    assert [check.name for check in found.checks] == ["t"]
    assert told(found) == [
        f"lab.ipynb, cell 5 (u): its test (1 point) is left out: {REFUSED[text]}"
    ]


@pytest.mark.parametrize(
    ("given", "text", "body"),
    [
        ("x = 1", "assert f(x) == 2", "assert student.f(x) == 2"),
        ("y = f(1)", "assert y == 2", "y = student.f(1)\nassert y == 2"),
        ("y = f(1)\nprint(y)", "y += 1\nassert y == 3",
         "y = student.f(1)\ny += 1\nassert y == 3"),
        ("z = []", "z.append(f(1))\nassert z == [2]",
         "z = []\nz.append(student.f(1))\nassert z == [2]"),
        ("def test_it(g):\n    return g(1)", "assert test_it(f) == 2",
         "def test_it(g):\n    return g(1)\nassert test_it(student.f) == 2"),
        ("def g():\n    return f(1)", "assert g() == 2",
         "def g():\n    return student.f(1)\nassert g() == 2"),
        ("import torch\ntorch.manual_seed(1)\nw = torch.rand(3)", "assert f(w).shape == (3,)",
         "torch.manual_seed(1)\nw = torch.rand(3)\nassert student.f(w).shape == (3,)"),
        ("x = 1\nx = 2", "assert f(x) == 3", "x = 2\nassert student.f(x) == 3"),
        ("from math import *", "assert f(floor(1.5)) == 2", "assert student.f(floor(1.5)) == 2"),
    ],
)  # fmt: skip
def test_what_comes_along(made, given, text, body):
    """What a test needs comes along: inside, where the student has a part in it."""
    found = made(F, ("code", {}, given), graded(text))

    assert [check.body for check in found.checks] == [body]
    assert [each for each in found.left if each.is_lost] == []


def test_a_value_of_the_solution_is_changed(made):
    """A test that changes what the solution made works on a copy of its own."""
    cell = ("code", SOLUTION, "items = [1]")
    found = made(cell, graded("items.append(2)\nassert len(items) == 2"))

    assert found.checks[0].body == (
        "items = student.items\nitems.append(2)\nassert len(items) == 2"
    )


def test_a_test_of_an_earlier_test(made):
    """What an earlier test made is made again where a later one needs it."""
    found = made(F, graded("y = f(1)\nassert y == 2"), graded("assert y + 1 == 3", 1, "u"))

    assert found.checks[1].body == "y = student.f(1)\nassert y + 1 == 3"


def test_what_only_a_hidden_test_has(made):
    """A visible check never takes along what a hidden test defines."""
    hidden = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nkey = 42\n### END HIDDEN TESTS"
    found = made(F, graded(hidden), graded("assert f(key) == 43", 1, "u"))

    assert [check.name for check in found.checks] == ["t"]
    assert "which only a hidden test defines" in told(found)[0]
    assert "42" not in found.visible_setup + found.stub + found.reference


def test_a_hidden_part_inside_a_block(made):
    """Where the hidden lines stand in a block, the hidden check has the visible ones too."""
    text = (
        "for x in (1, 2):\n    assert f(x) > 1\n    ### BEGIN HIDDEN TESTS\n    assert f(x) < 4\n"
    )
    found = made(F, graded(f"{text}    ### END HIDDEN TESTS"))

    assert [check.body for check in found.checks] == [
        "for x in (1, 2):\n    assert student.f(x) > 1",
        "for x in (1, 2):\n    assert student.f(x) > 1\n    ### BEGIN HIDDEN TESTS\n"
        "    assert student.f(x) < 4",
    ]


def test_cautions(made):
    """Seeds, input, files, drawings and torch's settings are told with their cells."""
    noted = ("code", SOLUTION | {"grade_id": "n"}, "import torch\ntorch.manual_seed(0)\n"
             "d = torch.load('d.pt')\nn = input()\ntorch.set_default_dtype(torch.float64)\n"
             "import matplotlib.pyplot as plt\nplt.plot(d)")  # fmt: skip
    found = made(noted, F, graded("import random\nrandom.seed(1)\nassert f(1) == 2"))

    assert [line.partition(": ")[2] for line in told(found) if "cell" in line] == [
        "a seed: each check begins with the seed of the attempt, and then comes this one",
        "it reads a file, and a submission sees no files but its own",
        "it asks for input, and there is nobody to type while it is graded",
        "it sets what holds for all of torch, and each check begins with torch's defaults",
        "it draws, and nobody sees a drawing while it is graded",
        "the seed that a test sets is that of the check's own process; the student's code draws "
        "from the seed of the attempt",
    ]


def test_arrays(made):
    """A test with values that cannot cross to the student's code is told."""
    found = made(F, graded("import numpy as np\nassert (f(np.ones(3)) == 2).all()"))

    assert [line for line in told(found) if "cell" in line] == [
        "lab.ipynb, cell 2 (t), line 2: it has values of numpy or pandas, which do not cross over "
        "to the student's code; hand over tensors, numbers and lists",
    ]


def test_what_is_not_carried_is_no_caution(made):
    """What a cell does that nothing needs is not told of."""
    found = made(F, ("code", {}, "d = open('d.txt').read()"), graded("assert f(1) == 2"))

    assert told(found) == []


def test_a_cell_that_is_timed(made):
    """A cell that Jupyter only times is run as any other."""
    found = made(F, graded("%%time\nassert f(1) == 2"))

    assert [(check.body, check.title) for check in found.checks] == [
        ("# %%time\nassert student.f(1) == 2", "T.")
    ]


def test_nothing_is_executed(made, tmp_path):
    """Whatever a notebook's code would do, it does not."""
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'w').write('ran')\nimport never_there_before"
    found = made(("code", {}, code), ("code", SOLUTION, f"{code}\n{F[2]}"),
                 graded(f"{code}\nassert f(1) == 2"))  # fmt: skip

    assert not mark.exists()
    assert "never_there_before" not in sys.modules
    assert [check.name for check in found.checks] == ["t"]


HOSTILE = {
    "no JSON": "{",
    "not a notebook": "[]",
    "NaN": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": NaN}, "cells": []}',
    "deep": '{"nbformat": 4, "cells": [' + "[" * 100_000 + "]" * 100_000 + "]}",
    "many cells": nc.text([("code", {}, "1")] * 501),
    "another language": nc.text([F], language="R"),
    "deep code": nc.text([("code", SOLUTION, "x = " + "(" * 5000 + ")" * 5000)]),
    "long code": nc.text([("code", SOLUTION, "x = 1\n" * 400_000)]),
    "many statements": nc.text([("code", SOLUTION, "x = 1\n" * 6_000)]),
    "a long chain": nc.text([("code", SOLUTION, "x = " + "+".join(["y"] * 60_000))]),
    "no metadata of nbgrader's": nc.text([("code", {}, "x = 1")]),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name, tmp_path):
    """Whatever a file holds, it becomes a sentence or an exercise without checks."""
    path = tmp_path / "a.ipynb"
    path.write_text(HOSTILE[name])

    (found,) = nbgrader.read(tmp_path)

    assert found.checks == ()
    assert [each.is_lost for each in found.left] == [True]
    assert len(str(found.left[0])) < 300


def test_places(tmp_path):
    """A notebook, an assignment's folder and a course's source folder can be named."""
    cells = [F, graded("assert f(1) == 2")]
    for name in ("ps1", "ps2", ".ipynb_checkpoints"):
        nc.save(tmp_path / name, "lab.ipynb", cells)
    nc.save(tmp_path, "header.ipynb", cells)
    (tmp_path / "ps2" / "broken.ipynb").write_text("{")

    def origins(place):
        return [(each.origin, len(each.checks)) for each in nbgrader.read(place)]

    assert origins(tmp_path / "ps1" / "lab.ipynb") == [("ps1/lab.ipynb", 1)]
    assert origins(tmp_path / "ps1") == [("ps1/lab.ipynb", 1)]
    assert origins(tmp_path) == [
        ("ps1/lab.ipynb", 1), ("ps2/broken.ipynb", 0), ("ps2/lab.ipynb", 1), ("header.ipynb", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["none", "empty"])
def test_no_notebook(name, tmp_path):
    """A place without notebooks is refused with what would do."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError, match="name a notebook, an assignment's folder or the source"):
        nbgrader.read(tmp_path / name)
