"""Tests of JUnit XML, against the elements and attributes that Jenkins' junit-10.xsd knows."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given

from grader.records import Attempt, Outcome
from grader.reports.exports import junit

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, huge, kept, one

# Element: what may stand in it, the attributes that it must have, and those that it may have.
# The facts are those of junit-10.xsd (jenkinsci/xunit-plugin), in the part that is used here.
SCHEMA: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": (
        {"properties", "testcase"},
        {"name", "tests", "failures", "errors"},
        {"time", "skipped"},
    ),
    "properties": ({"property"}, set(), set()),
    "property": (set(), {"name", "value"}, set()),
    "testcase": ({"skipped", "error", "failure"}, {"name"}, {"time", "classname"}),
    "skipped": (set(), set(), {"type", "message"}),
    "error": (set(), set(), {"type", "message"}),
    "failure": (set(), set(), {"type", "message"}),
}


def assert_valid(element: ElementTree.Element) -> None:
    """Hold an element and all in it against the schema."""
    children, needed, allowed = SCHEMA[element.tag]

    assert needed <= set(element.attrib) <= needed | allowed
    for child in element:
        assert child.tag in children
        assert_valid(child)


def parsed(text: str) -> ElementTree.Element:
    """Parse a document, and give its only suite."""
    root = ElementTree.fromstring(text.encode())
    assert_valid(root)
    (suite,) = root
    return suite


def properties(suite: ElementTree.Element) -> dict[str, str]:
    """Read the properties of a suite."""
    return {entry.attrib["name"]: entry.attrib["value"] for entry in suite.iter("property")}


@PATIENT
@given(ATTEMPTS)
def test_any_attempt(made: Attempt) -> None:
    """Any attempt gives a valid document with every check, each with a name of its own."""
    text = junit.export(made)
    suite = parsed(text)
    cases = suite.findall("testcase")
    values = properties(suite)

    assert_harmless(text)
    assert len({(case.attrib["classname"], case.attrib["name"]) for case in cases}) == len(cases)
    assert len(cases) == len(made.verdicts) == int(suite.attrib["tests"])
    for kind, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert len(list(suite.iter(kind))) == int(suite.attrib[count])
    assert Fraction(values["possible"]) == made.score.possible
    assert ("score" in values) is made.score.is_decided
    if made.score.is_decided:
        assert Fraction(values["score"]) == made.score.earned


def test_kinds() -> None:
    """The student's failures name the verdict; an error is ours, a skipped check is skipped."""
    suite = parsed(junit.export(attempt(tuple(one(outcome) for outcome in Outcome))))
    kinds = [(entry.tag, entry.attrib["type"]) for case in suite.iter("testcase") for entry in case]

    assert kinds == [
        ("failure", "failed"),
        ("failure", "raised"),
        ("failure", "timed_out"),
        ("failure", "out_of_memory"),
        ("failure", "forbidden"),
        ("failure", "crashed"),
        ("skipped", "skipped"),
        ("error", "ungraded"),
    ]


def test_points() -> None:
    """The suite has the points of each check; those of an ungraded one are not known."""
    values = properties(parsed(junit.export(kept("ungraded"))))

    assert values["status"] == "ungraded"
    assert values["points.loss"] == "1 / 1"
    assert values["points.gradient"] == "0 / 2"
    assert values["points.seeded"] == "? / 1"


def test_equal_names() -> None:
    """Checks that are called alike are told apart, so that no reader takes one for a retry."""
    suite = parsed(junit.export(attempt((one(Outcome.PASSED), one(Outcome.FAILED)))))
    values = properties(suite)

    assert [case.attrib["name"] for case in suite.iter("testcase")] == [
        "loss: A title.",
        "loss (2): A title.",
    ]
    assert (values["points.loss"], values["points.loss (2)"]) == ("1 / 1", "0 / 1")


def test_text_survives() -> None:
    """What XML gives a meaning to comes out as it went in."""
    made = attempt((one(message="a ]]> <b a=\"1\"> & 'c'\n    ^"),))
    (failure,) = parsed(junit.export(made)).iter("failure")

    assert failure.text == "a ]]> <b a=\"1\"> & 'c'\n    ^"
    assert failure.attrib["message"] == "a ]]> <b a=\"1\"> & 'c'"


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However big an attempt, the document is valid and has every check."""
    made = huge(kind)
    text = junit.export(made)

    assert len(text.encode()) <= 30_000_000
    assert len(parsed(text).findall("testcase")) == len(made.verdicts)


def test_the_cap_holds() -> None:
    """Messages give way where a document would be larger than GitLab reads."""
    made = attempt(tuple(one(message="&" * 1_000_000, id_=str(place)) for place in range(7)))
    text = junit.export(made)

    assert 25_000_000 < len(text.encode()) <= 30_000_000
    assert len(parsed(text).findall("testcase")) == 7
