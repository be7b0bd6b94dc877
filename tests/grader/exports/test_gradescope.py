"""Tests of Gradescope's results.json: its keys, its sums, and no file where nobody knows."""

import json

import pytest

from grader.errors import SandboxError
from grader.reports.exports import gradescope

from .conftest import kept


def test_what_a_student_sees() -> None:
    """Every text is plain, the tests are shown at once, and what the grader prints is not."""
    result = json.loads(gradescope.export(kept("half")))

    assert {result[f"{what}output_format"] for what in ("", "test_")} == {"text"}
    assert result["test_name_format"] == "text"
    assert (result["visibility"], result["stdout_visibility"]) == ("visible", "hidden")


def test_only_what_passed_has_passed() -> None:
    """A check that was lost, for whatever reason, is failed, with its message."""
    tests = json.loads(gradescope.export(kept("half")))["tests"]

    assert [test["status"] for test in tests] == ["passed"] + ["failed"] * 7
    assert all(test["output"] for test in tests[1:])


def test_ungraded() -> None:
    """An ungraded attempt gives no file, since any score in it would be recorded."""
    with pytest.raises(SandboxError, match=r"reports that the autograder failed$"):
        gradescope.export(kept("ungraded"))
