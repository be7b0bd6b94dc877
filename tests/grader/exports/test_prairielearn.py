"""Tests of PrairieLearn's results.json: a share of the points, or not gradable."""

import json

from grader.records import Outcome
from grader.reports.exports import prairielearn

from .conftest import attempt, kept, one


def test_share() -> None:
    """The score is the share that was earned, and it is 1 only where everything was."""
    most = attempt((one(Outcome.PASSED, points="9999999.99"), one(id_="b", points="0.01")))

    assert json.loads(prairielearn.export(kept("full")))["score"] == 1
    assert json.loads(prairielearn.export(most))["score"] < 1


def test_ungraded() -> None:
    """An ungraded attempt has no score and no points, and says whose fault it is."""
    result = json.loads(prairielearn.export(kept("ungraded")))

    assert "score" not in result
    assert result["format_errors"] == [
        "not decided: 1 of 9 checks could not be graded; tell your teacher"
    ]
    assert not any("points" in test for test in result["tests"])


def test_nothing_to_earn() -> None:
    """Where no check is worth anything, nothing was lost."""
    assert json.loads(prairielearn.export(attempt((one(points="0"),))))["score"] == 1
