"""Tests of JUnit XML: which element a verdict becomes, where the points stand, and its schema."""

from xml.etree import ElementTree

import pytest

from grader.records import Outcome
from grader.reports.exports import junit

from .conftest import attempt, kept, one
from .readers import xsd


def parsed(text: str) -> ElementTree.Element:
    """Parse a document, and give its only suite."""
    (suite,) = ElementTree.fromstring(text.encode())
    return suite


def properties(suite: ElementTree.Element) -> dict[str, str]:
    """Read the properties of a suite."""
    return {entry.attrib["name"]: entry.attrib["value"] for entry in suite.iter("property")}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('name="loss: ', 'nom="loss: '), ("<failure ", "<oops "), ('time="1.234"', 'time="1.2345"')],
)
def test_the_schema_can_refuse(right: str, wrong: str) -> None:
    """The schema takes what is written, and no other attribute, element or time."""
    text = junit.export(attempt((one(),)))

    assert right in text
    assert xsd().is_valid(ElementTree.fromstring(text))
    assert not xsd().is_valid(ElementTree.fromstring(text.replace(right, wrong)))


def test_counts() -> None:
    """The suite counts its tests by their kinds."""
    suite = parsed(junit.export(attempt(tuple(one(outcome) for outcome in Outcome))))

    assert [suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")] == [
        "9",
        "6",
        "1",
        "1",
    ]


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


def test_the_cap_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages give way where a document would be larger than GitLab reads."""
    monkeypatch.setattr(junit, "MOST_BYTES", 300_000)
    made = attempt(tuple(one(message="&" * 10_000, id_=str(place)) for place in range(7)))
    text = junit.export(made)

    assert 250_000 < len(text.encode()) <= 300_000
    assert len(parsed(text).findall("testcase")) == 7
