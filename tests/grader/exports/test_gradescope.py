"""Tests of Gradescope's results.json: its keys, its sums, and no file where nobody knows."""

import json

import pytest
from hypothesis import given

from grader.errors import SandboxError
from grader.records import Attempt, points_text
from grader.reports.exports import gradescope

from .conftest import GRADED, PATIENT, assert_harmless, huge, kept

# The autograder specification.
KEYS = {
    "score", "execution_time", "output", "output_format", "test_output_format",
    "test_name_format", "visibility", "stdout_visibility", "tests",
}  # fmt: skip
TEST_KEYS = {"name", "score", "max_score", "status", "output"}


@PATIENT
@given(GRADED)
def test_any_attempt(made: Attempt) -> None:
    """Any graded attempt gives known keys, every check, and the score to the last digit."""
    text = gradescope.export(made)
    result = json.loads(text, parse_float=str, parse_int=str)

    assert_harmless(text)
    assert set(result) == KEYS
    assert result["score"] == points_text(made.score.earned)
    assert len(result["tests"]) == len(made.verdicts)
    for test, verdict in zip(result["tests"], made.verdicts, strict=True):
        assert set(test) == TEST_KEYS
        assert test["max_score"] == points_text(verdict.check.points)
        assert test["score"] == (test["max_score"] if test["status"] == "passed" else "0")
        assert_harmless(test["name"])
        assert_harmless(test["output"])


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However big an attempt, the file stays below a megabyte, with every check."""
    made = huge(kind)
    text = gradescope.export(made)

    assert len(text.encode()) <= 1_000_000
    assert len(json.loads(text)["tests"]) == len(made.verdicts)


def test_ungraded() -> None:
    """An ungraded attempt gives no file, since any score in it would be recorded."""
    with pytest.raises(SandboxError, match=r"reports that the autograder failed$"):
        gradescope.export(kept("ungraded"))
