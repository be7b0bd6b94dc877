"""Tests of Autolab's two lines, read as Autolab reads them."""

import json
import re

import pytest

from grader.errors import SandboxError
from grader.reports.exports import autolab

from .conftest import attempt, kept, one


def recorded(text: str) -> tuple[dict, dict]:
    """Read feedback and scores as parseAutoresult does, which puts quotes before each colon."""
    *_, feedback, last = text.rstrip().split("\n")
    return json.loads(feedback), json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', last))["scores"]


def test_names_with_colons() -> None:
    """A colon in a name does not make Autolab put quotes into it."""
    _, scores = recorded(autolab.export(attempt((one(id_="a: b:c"),))))

    assert scores == {"a: b:c": 0}


def test_names_that_differ_in_case() -> None:
    """Problems are looked up without regard to case, so a number tells such names apart."""
    _, scores = recorded(autolab.export(attempt((one(id_="Loss"), one(id_="loss")))))

    assert scores == {"Loss": 0, "loss (2)": 0}


def test_ungraded() -> None:
    """The scores of all problems stay blank where one of them is not known."""
    _, scores = recorded(autolab.export(kept("ungraded")))

    assert set(scores.values()) == {None}


def test_feedback() -> None:
    """A check that passed needs no hint; another's is its title and its message."""
    feedback, _ = recorded(autolab.export(kept("half")))

    assert feedback["_presentation"] == "semantic"
    assert feedback["stages"] == ["Checks"]
    assert feedback["Checks"]["loss"] == {"passed": True}
    assert feedback["Checks"]["step"] == {
        "passed": False,
        "hint": "One step goes downhill.\nnot tried: needs gradient",
    }


def test_no_checks() -> None:
    """Without a check there is no problem to leave blank."""
    with pytest.raises(SandboxError, match="there are no checks"):
        autolab.export(attempt(()))
