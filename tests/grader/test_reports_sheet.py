"""Tests of a sheet: its total, its JSON and the schema that describes it."""

import json
from fractions import Fraction

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records import Attempt, Outcome, Visibility
from grader.reports import attempt as attempt_report
from grader.reports import sheet
from grader.reports.sheet import Fault, Row, Sheet
from grader.scoring import score

from .exports.conftest import ATTEMPTS, HOSTILE, PATIENT, attempt, kept, one
from .exports.test_summary import SHEETS

SCHEMA = json.loads(sheet.schema_text())
CHECKED = jsonschema.Draft202012Validator(SCHEMA)


def row(made: Attempt | None, exercise: str = "exercise-03", **words: object) -> Row:
    """Make a row of a sheet."""
    return Row(exercise, "Gradients", Fraction(4), made, **words)


def test_schema_is_strict() -> None:
    """The schema is one, and no object of it has fields that it does not name."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["additionalProperties"] is False
    assert SCHEMA["required"] == [*SCHEMA["properties"]]
    each = SCHEMA["properties"]["exercises"]["items"]
    assert each["additionalProperties"] is False
    assert each["required"] == [*each["properties"]]


@PATIENT
@given(SHEETS)
def test_any_sheet(made: Sheet) -> None:
    """Any sheet fits its schema, and its total is exactly the sum of its exercises, or none."""
    text = sheet.to_json(made)
    fields = json.loads(text)

    assert text.isascii()
    CHECKED.validate(fields)
    scores = [each["score"] for each in fields["exercises"]]
    if fields["status"] == "graded":
        assert Fraction(fields["score"]) == sum(map(Fraction, scores))
    else:
        assert fields["score"] is fields["possible"] is None


@PATIENT
@given(ATTEMPTS)
def test_attempt(made: Attempt) -> None:
    """An attempt inside a sheet is the one that grade --json writes."""
    fields = json.loads(sheet.to_json(Sheet("Course", (row(made),))))
    again = json.dumps(fields["exercises"][0]["attempt"])

    assert json.loads(again) == json.loads(attempt_report.to_json(made))


def test_total() -> None:
    """Points of several exercises add up, and one without a score leaves no total."""
    two = (row(kept("full")), row(kept("half"), "exercise-04"))
    both = Sheet("Course", two).score
    open_ = Sheet("Course", (*two, row(None, "exercise-05", why="it broke", fault=Fault.GRADER)))

    assert both == score([*two[0].attempt.verdicts, *two[1].attempt.verdicts])
    assert (open_.status, open_.score.is_decided) == ("ungraded", False)


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (Sheet("Course", ()), "nothing"),
        (Sheet("", (), "it broke", Fault.COURSE), "ungraded"),
        (Sheet("Course", (row(kept("full")),)), "graded"),
        (Sheet("Course", (row(kept("ungraded")),)), "ungraded"),
    ],
)
def test_status(made: Sheet, status: str) -> None:
    """Nothing to grade is neither graded nor ungraded."""
    assert made.status == status


def test_faults() -> None:
    """All that has to be repaired is named."""
    rows = (row(None, fault=Fault.COURSE), row(kept("full")), row(None, fault=Fault.GRADER))

    assert Sheet("Course", rows).faults == {Fault.COURSE, Fault.GRADER}
    assert Sheet("", (), "it broke", Fault.COURSE).faults == {Fault.COURSE}


def test_withheld() -> None:
    """Points beyond those of the checks at hand are withheld; without an attempt nobody knows."""
    made = attempt((one(Outcome.PASSED, points="1.5"),))

    assert row(made).withheld == Fraction("2.5")
    assert row(None).withheld == 0


def test_merged() -> None:
    """Several exercises become one attempt whose checks name their exercise."""
    first, second = attempt((one(Outcome.PASSED),)), attempt((one(title=""),))
    rows = (row(first), row(second, "exercise-04"), row(None, "exercise-05", why="it broke"))
    made = sheet.merged(Sheet("Course", rows))

    assert [(v.check.id, v.check.title) for v in made.verdicts] == [
        ("exercise-03/loss", "exercise-03: A title."),
        ("exercise-04/loss", "exercise-04: loss"),
        ("exercise-05", "exercise-05: Gradients"),
    ]
    assert made.verdicts[2].check.points == 4
    assert made.verdicts[2].check.visibility is Visibility.VISIBLE
    assert (made.verdicts[2].outcome, made.verdicts[2].message) == (Outcome.UNGRADED, "it broke")
    assert not made.score.is_decided


def test_merged_alone() -> None:
    """A single exercise stays as it is."""
    assert sheet.merged(Sheet("Course", (row(kept("full")),))) == kept("full")


@PATIENT
@given(st.lists(HOSTILE, max_size=3))
def test_merged_without_attempts(reasons: list[str]) -> None:
    """Without any attempt there is no score either."""
    rows = tuple(row(None, f"exercise-0{n}", why=why) for n, why in enumerate(reasons))

    assert not sheet.merged(Sheet("Course", rows)).score.is_decided
