"""Test files of otter's, read without running them: both formats, and what is hostile in either."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.imports import otter_tests
from grader.imports.otter_nouns import Example

from . import otter_course as oc


def suite(*cases, **more):
    """Write the map of a test of the OK format."""
    return {"name": "q1", "suites": [{"type": "doctest", "cases": list(cases)}], **more}


def test_ok_format():
    """The OK format gives dialogues, with what is hidden where the file says nothing of it."""
    found = otter_tests.read(oc.OK_TEST, "tests/q1.py")

    assert (found.name, found.points, found.is_whole) == ("q1", Fraction(1), False)
    assert [case.is_hidden for case in found.cases] == [False, True, False]
    assert found.cases[1].examples[1] == Example("y.shape", "torch.Size([2, 3])\n")


def test_exception_format():
    """The other format gives functions without their decorator, and what stands beside them."""
    found = otter_tests.read(oc.FUNCTION_TEST, "tests/q2.py")

    assert (found.name, found.points) == ("q2", Fraction(2))
    assert [(c.is_hidden, c.points) for c in found.cases] == [(False, Fraction(1, 2)), (True, None)]
    assert found.cases[0].function == (
        "def test_public(scaled, torch):\n    x = torch.ones(3)\n"
        "    assert torch.equal(scaled(x), doubled(x))"
    )
    assert found.cases[0].on_failure == "Every number is doubled."
    assert found.helpers == "def doubled(x):\n    return x + x"


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"suites": []}, "q1.py: the test has no name; otter asks for one"),
        ({"name": "q1", "suites": []},
         "q1.py: the test has not exactly one suite; otter reads no other"),
        ({"name": "q1", "suites": [{"type": "scheme", "cases": []}]},
         "q1.py: the suite is not of the type doctest; otter reads no other"),
        ({"name": "q1", "suites": [{"cases": [], "setup": "x = 1"}]},
         "q1.py: the suite has a setup, which otter refuses; put it into the cases"),
        (suite({"hidden": True}),
         "q1.py, case 1: it has no code; write the text of a dialogue under `code`"),
        (suite({"code": ">>>x"}),
         "q1.py, case 1: this is no dialogue with Python: line 1 of the docstring for q1.py, case "
         "1 lacks blank after >>>: '>>>x'"),
        (suite({"code": ">>> x  # doctest: +SKIP\n2"}),
         "q1.py, case 1: it has a directive for doctest other than NORMALIZE_WHITESPACE; write the "
         "case without"),
        (suite({"code": ">>> x"}, points=True), "q1.py: points is 'True'; write a number"),
        (suite({"code": ">>> x"}, points=1e300),
         "q1.py: points is above 100,000; write a smaller number"),
        (suite(*[{"code": ">>> x"}] * 201), "q1.py has 201 cases; at most 200 are read"),
    ],
)  # fmt: skip
def test_maps_that_otter_refuses(spec, sentence):
    """What otter does not read either is told with what it asks for."""
    with pytest.raises(CourseError) as caught:
        otter_tests.of_map(spec, "q1.py")

    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("test = dict(name='q1')",
         "q1.py, line 1: a value is computed here (`dict(name='q1')`); files are read and never "
         "run, so write the value out"),
        ("test = {'name': __import__('os').getcwd()}",
         "q1.py, line 1: a value is computed here (`__import__('os').getcwd()`); files are read "
         "and never run, so write the value out"),
        ("test = {\n 'name': 'q' * 10**9}",
         "q1.py, line 2: a value is computed here (`'q' * 10 ** 9`); files are read and never run, "
         "so write the value out"),
        ("test = [1]", "q1.py: `test` is no map; a test file of otter's has one"),
        ("x = 1", "q1.py is no test file: it has neither a map `test` nor a function under "
                  "`@test_case(...)`"),
        ("@test_case()\ndef f(): pass", "q1.py has no name; otter asks for one, such as "
                                        '`name = "q1"`'),
        ("test = " + "[" * 150 + "]" * 150,
         "q1.py: code is nested more than 100 deep here; write it in several statements"),
        ("#" * (1 << 20) + "#", "q1.py holds more than 1,048,576 characters; take data out"),
    ],
)  # fmt: skip
def test_files_that_compute_or_overflow(text, sentence):
    """What would have to be run, or is too deep or too long to parse, becomes a sentence."""
    with pytest.raises(CourseError) as caught:
        otter_tests.read(text, "q1.py")

    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "text",
    ["test = " + "[" * 300, "test = " + "-" * 200_000 + "1", "test = " + "(" * 90_000,
     "test = '\0'", "test = " + "9" * 5000, "test = " + "a." * 90_000 + "b", "test = '\ud800'",
     "test = " + "lambda:" * 5000 + "1", "test = " + "1if 1else " * 5000 + "1"],
    ids=lambda text: text[7:12].encode("unicode_escape").decode(),
)  # fmt: skip
def test_what_parsers_give_up_on(text):
    """What Python's own parser gives up on, in whichever way, is a sentence that names the file."""
    with pytest.raises(CourseError) as caught:
        otter_tests.read(text, "q1.py")

    assert str(caught.value).startswith("q1.py")
    assert len(str(caught.value)) < 400


def test_nothing_is_executed(tmp_path):
    """A test file that would leave a mark if it were run leaves none."""
    mark = tmp_path / "mark"
    text = f"open({str(mark)!r}, 'w')\n" + oc.OK_TEST + f"\nopen({str(mark)!r}, 'w')\n"
    otter_tests.read(text, "q1.py")

    assert not mark.exists()


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["doctest", ">>> x\n1", ">>> x", "...", ">>> f(\n... 1)\n2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "suites", "cases", "code", "points", "hidden", "type", "setup"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(spec=st.dictionaries(st.sampled_from(["name", "suites", "points"]), json), case=json)
def test_any_metadata_is_read_or_refused(spec, case):
    """Whatever stands in the metadata of a notebook is a question, or refused with a sentence."""
    for each in (spec, suite(case if isinstance(case, dict) else {"code": case})):
        with suppress(CourseError):
            found = otter_tests.of_map(each, "lab.ipynb")
            assert found.name


@given(st.text(alphabet=">. \nx\t'()", max_size=200))
def test_any_dialogue_is_read_or_refused(code):
    """Whatever text stands where a dialogue should, it is read, or refused with a sentence."""
    with suppress(CourseError):
        otter_tests.of_map(suite({"code": code}), "q1.py")


@pytest.mark.parametrize("unit", [">>> x\n", ">>> ", "... ", " ", "x\n", ">>> x\n... \n", "\n"])
def test_long_dialogues_cost_a_moment(unit):
    """A dialogue as long as is read, in no particular shape, costs a moment."""
    with suppress(CourseError):
        otter_tests.of_map(suite({"code": unit * (100_000 // len(unit))}), "q1.py")
