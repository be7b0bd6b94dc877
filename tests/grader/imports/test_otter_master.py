"""Master notebooks of otter assign: blocks, configurations, and what is hostile in them."""

import json
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.imports import exercise, otter, otter_master
from grader.imports.otter_cells import Cell, Kind
from grader.imports.otter_nouns import Role

from . import otter_course as oc

_KINDS = {"raw": Kind.RAW, "markdown": Kind.TEXT, "code": Kind.CODE}


def read(*cells):
    """Read the cells of a master notebook."""
    return otter_master.read(
        [Cell(_KINDS[c["cell_type"]], c["source"], f"m.ipynb, cell {n}")
         for n, c in enumerate(cells, 1)],
        "m.ipynb",
    )  # fmt: skip


def asked(config, *tests):
    """Read one question with this configuration and these test cells."""
    return read(*oc.question(config, [oc.code("x = 2 # SOLUTION")], tests)).questions[0]


@pytest.mark.parametrize(
    ("config", "points"),
    [
        ("name: q1", None),
        ("name: q1\npoints: 2.5", Fraction(5, 2)),
        ("name: q1\npoints: 0.1", Fraction(1, 10)),
        ("name: q1\npoints:", None),
        ("name: q1\npoints: [1, null]", (Fraction(1), None)),
        ("name: q1\npoints:\n  each: 2", Fraction(4)),
    ],
)
def test_points_of_a_question(config, points):
    """Points are a total, a number for each case, or so much for each; exact as written."""
    assert asked(config, oc.code("x"), oc.code("x")).points == points


def test_test_cells():
    """A test cell says in its first lines what is configured; the rest is what it asks."""
    found = asked(
        "name: q1\nall_or_nothing: yes",
        oc.code("# HIDDEN\nx"),
        oc.code('_ = """ # BEGIN TEST CONFIG\nhidden: true\npoints: 0.5\n'
                'success_message: Good.\n""" # END TEST CONFIG\nx == 2'),
        oc.code("def test_x(x):\n    assert x == 2\n\ntest_x(x)"),
    )  # fmt: skip

    assert found.is_whole
    assert [(c.is_hidden, c.points, c.on_success) for c in found.cases] == [
        (True, None, ""), (True, Fraction(1, 2), "Good."), (False, None, ""),
    ]  # fmt: skip
    assert [[e.code for e in c.examples] for c in found.cases] == [["x"], ["x == 2"], []]
    assert found.cases[2].function == "def test_x(x):\n    assert x == 2"


def test_answers_without_tests_are_nobodys():
    """An answer that no test looks at is as one that a person grades: it keeps nothing loading."""
    found = read(*oc.question("name: q1", [oc.code("x = 2 # SOLUTION")], []))

    assert [piece.role for piece in found.pieces] == [Role.BY_HAND]


def test_texts():
    """Texts of a solution and of what a person grades are left out, included ones are kept."""
    found = read(
        oc.words("# Title"),
        oc.raw("# BEGIN QUESTION\nname: q1"), oc.words("Asked."),
        oc.raw("# BEGIN SOLUTION"), oc.words("THE ANSWER"), oc.raw("# END SOLUTION"),
        oc.raw("# END QUESTION"),
        oc.raw("# BEGIN QUESTION\nname: q2\nmanual: true"), oc.words("By hand."),
        oc.raw("# END QUESTION"),
        oc.words("# IGNORE\nFor me."),
        oc.words("The end."),
    )  # fmt: skip

    assert found.texts == ("# Title", "Asked.", "The end.")
    assert found.title == "Title"


BEGIN = oc.raw("# BEGIN QUESTION\nname: q1")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([BEGIN], "m.ipynb, cell 1: the question q1 is not closed; end it with a raw cell "
                  "`# END QUESTION`"),
        ([BEGIN, BEGIN], "m.ipynb, cell 2: a question begins in q1; close that one before with "
                         "`# END QUESTION`"),
        ([oc.raw("# BEGIN TESTS")], "m.ipynb, cell 1: `# BEGIN TESTS` stands outside of any "
                                    "question; begin one before"),
        ([BEGIN, oc.raw("# BEGIN TESTS"), oc.raw("# BEGIN SOLUTION")],
         "m.ipynb, cell 3: a solution block begins inside a tests block; close that one before"),
        ([BEGIN, oc.raw("# END SOLUTION")],
         "m.ipynb, cell 2: `# END SOLUTION` closes nothing; the block that is open is none"),
        ([oc.raw("# BEGIN QUESTION")],
         "m.ipynb, cell 1: the question has no name; write `name: q1`"),
        ([BEGIN, oc.raw("# END QUESTION"), BEGIN],
         "m.ipynb, cell 3: there are two questions q1; rename one"),
        ([oc.raw("# BEGIN QUESTION\nname: q1\nmanual: maybe")],
         "m.ipynb, cell 1: manual is 'maybe'; write true or false"),
        (oc.question("name: q1\npoints: many", [], [oc.code("x")]),
         "m.ipynb, cell 1: points is 'many'; write a number from 0 to 100,000"),
        ([oc.raw("# BEGIN QUESTION\n- name")],
         "m.ipynb, cell 1: what is configured is a list; write keys and values"),
        ([oc.raw("# BEGIN QUESTION\nname: &a q1\npoints: *a")],
         "m.ipynb, cell 1:2:7: anchors (&) and aliases (*) are not read; write the value out, or "
         "put it in quotes"),
        ([oc.raw("# BEGIN QUESTION\nname: !!python/object:os.system x")],
         "m.ipynb, cell 1:2:7: tags (!) are not read; write the value alone, or put it in quotes"),
        ([oc.raw("# BEGIN QUESTION\nname: " + "[" * 9000)],
         "m.ipynb, cell 1:2:22: lists and maps stand more than 16 deep here; three levels are "
         "enough"),
        (oc.question("name: q1", [], [oc.code('""" # BEGIN TEST CONFIG\npoints: 1')]),
         'm.ipynb, cell 6: the test config is not closed; end it with `""" # END TEST CONFIG`'),
        ([oc.raw("# ASSIGNMENT CONFIG\ntests:\n  ok_format: false"),
          *oc.question("name: q1", [], [oc.code("x == 1")])],
         "m.ipynb, cell 7: a test cell holds one function, and a call of it at most, where the "
         "assignment says `ok_format: false`; split the cell"),
    ],
)  # fmt: skip
def test_blocks_out_of_place(cells, sentence):
    """A block out of place, or a setting that says what it must not, is told with its cell."""
    with pytest.raises(CourseError) as caught:
        read(*cells)

    assert str(caught.value) == sentence


def test_settings_that_matter():
    """What an assignment is configured with and would not have here is listed."""
    found = read(oc.raw(
        "# ASSIGNMENT CONFIG\nname: lab\nrequirements: [numpy, pandas]\nfiles: [a.csv]\n"
        "autograder_files: [b.py]\nseed:\n  variable: rng\nconfig_file: ../c.yml\nexport_cell: 1"
    ))  # fmt: skip

    assert found.title == "lab"
    assert [each.why for each in found.left] == [
        "a.csv, b.py: what is graded here reads no files; write the data into the code",
        "otter's seeds are not carried over; the grader seeds each check",
        "the settings in ../c.yml are not read; copy what matters to this course",
        "to be installed where it is graded: numpy, pandas",
    ]


# What cells of a hostile notebook hold: markers in any order, code, YAML and neither.
texts = st.text(max_size=40) | st.sampled_from([
    "# BEGIN QUESTION\nname: q1", "# BEGIN QUESTION\nname: q2\npoints: 2", "# END QUESTION",
    "# BEGIN SOLUTION", "# END SOLUTION", "# BEGIN TESTS", "# END TESTS", "# BEGIN PROMPT",
    "# END PROMPT", "# ASSIGNMENT CONFIG\nname: a", "```otter\n# BEGIN TESTS\n```", "```otter",
    "```\nBEGIN QUESTION\nname: q3\n```", "## Test ##\nx", "# HIDDEN\nx == 2", "x = 2 # SOLUTION",
    "def f(x):\n    return x # SOLUTION", "f(1)", "import os\nos.abort()", "y = f(x)", "y",
    "# BEGIN SOLUTION\nz = 1\n# END SOLUTION", "%magic\n!rm -rf /", "%%bash\nrm", "x: [a",
    "class A:\n    x = x # SOLUTION", "global x", "return", "from x import *", "f'{x!r}'",
])  # fmt: skip
notebook_cells = st.lists(
    st.builds(
        lambda kind, text, out: {**oc.code(text, out), "cell_type": kind},
        st.sampled_from(["raw", "markdown", "code", "code"]), texts,
        st.sampled_from(["", "2", "True", "tensor([1.])", "x\n"]),
    ),
    max_size=14,
)  # fmt: skip


@given(found=notebook_cells)
def test_any_notebook_is_imported_or_refused(found, tmp_path_factory):
    """Whatever cells a notebook has, it becomes an exercise whose files parse, or a sentence."""
    folder = tmp_path_factory.mktemp("otter")
    (folder / "m.ipynb").write_text(oc.notebook(found), encoding="utf-8", errors="surrogatepass")
    with suppress(CourseError):
        for made in otter.read(folder):
            if not made.checks:
                continue
            for path, text in exercise.files(made, "exercise-06").items():
                assert "rm -rf" not in text or path.endswith(".md")


def test_metadata_of_any_kind(tmp_path):
    """Metadata and outputs that are not what Jupyter writes are passed over."""
    for strange in (None, 3, [], {"otter": []}, {"otter": {"tests": [1]}}, {"kernelspec": 3}):
        text = json.loads(oc.notebook(oc.LAB))
        text["metadata"] = strange
        text["cells"][3]["outputs"] = strange
        text["cells"][3]["metadata"] = strange
        (tmp_path / "lab.ipynb").write_text(json.dumps(text))

        (found,) = otter.read(tmp_path)
        assert found.points == 5
