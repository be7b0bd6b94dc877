"""What nbgrader keeps with a cell is read in all its versions; what breaks its rules is told."""

import pytest

from .nbgrader_course import SOLUTION, F, graded, told


@pytest.mark.parametrize("version", [1, 2, 3])
def test_versions(made, version):
    """Each version of nbgrader's metadata says the same."""
    found = made(F, graded("assert f(1) == 2"), version=version)

    assert [(check.name, check.points) for check in found.checks] == [("t", 2)]


def test_the_first_version(made):
    """Before version 1 flags may be missing, and points may be the text of a form."""
    cells = [("code", {"solution": True, "grade_id": "s"}, F[2]),
             ("code", {"grade": True, "grade_id": "t", "points": "1.5"}, "assert f(1) == 2"),
             ("code", {"grade": True, "grade_id": "u", "points": ""}, "assert f(1) == 2"),
             ("code", {"grade": False}, "x = 1")]  # fmt: skip
    found = made(*cells, version=None)

    assert [(check.name, str(check.points)) for check in found.checks] == [("t", "3/2")]
    assert told(found) == [
        "lab.ipynb, cell 3 (u): its test is worth nothing, and a check has points"
    ]


ODD = {
    "another version": ({"schema_version": 4}, "its schema_version is 4, and 0 to 3 are known; "
                        "open it with nbgrader 0.6 or later and save it"),
    "a flag that is none": ({"locked": "yes"}, "its locked is 'yes', and true or false is "
                            "expected; so it was left out"),
    "negative points": ({"points": -1}, "its points are -1, and a number from 0 to 100,000 is "
                        "expected"),
    "points that are none": ({"points": "2"}, "its points are '2', and a number is expected"),
    "points that are missing": ({"points": None}, "its points are missing, and a number is "
                                "expected"),
    "a third": ({"points": 1 / 3}, "its 0.3333333333333333 points are 0.33 here: points have at "
                "most two decimals"),
    "a name with blanks": ({"grade_id": "a b"}, "its grade_id is 'a b', and letters, digits, _ "
                           "and - are expected; it has another name here"),
    "a name twice": ({"grade_id": "s"}, "the grade_id s is there 2 times, which nbgrader refuses; "
                     "look which is which"),
    "another kind before": ({"cell_type": "markdown"}, "it was 'markdown' when nbgrader saw it "
                            "first, and is code"),
    "a task that is code": ({"task": True}, "nbgrader has no code cell with task and grade alone, "
                            "so it was left out"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_metadata(made, name):
    """What breaks nbgrader's own rules is told, with what stands there."""
    own, why = ODD[name]
    kind, meta, text = graded("assert f(1) == 2", 1)
    found = made(F, graded("assert f(0) == 1", 1, "sure"), (kind, {**meta, **own}, text))

    assert any(line.endswith(f": {why}") for line in told(found))
    assert found.checks[0].name == "sure"


def test_no_solution_without_a_flag_leaks(made):
    """A solution in a cell that is not marked for one is taken out all the same, and told."""
    found = made(("code", {}, F[2]), graded("assert f(1) == 2"))

    assert "x + 1" not in found.stub
    assert "it has a solution and is no cell for one" in told(found)[0]


def test_a_region_without_an_end(made):
    """Where nobody can say where a solution ends, the cell reaches nobody."""
    broken = ("code", SOLUTION, "def g(x):\n    ### BEGIN SOLUTION\n    return 42")
    found = made(broken, F, graded("assert f(1) == 2"))

    assert "42" not in found.stub + found.readme
    assert told(found)[0] == (
        "lab.ipynb, cell 1 (s), line 2: BEGIN SOLUTION has no END SOLUTION after it; so the cell "
        "is left out"
    )
