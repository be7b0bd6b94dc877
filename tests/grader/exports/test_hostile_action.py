"""Tests of what the Action shows of hostile attempts: annotations in a log, a summary."""

import dataclasses
import html
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records import Attempt, Outcome, points_text
from grader.reports import sheet as sheets
from grader.reports.exports import annotations, summary
from grader.reports.exports.annotations import Place
from grader.reports.exports.text import plain
from grader.reports.sheet import Fault, Row, Sheet

from ..action.runner import obeyed
from .conftest import ATTEMPTS, HOSTILE, PATIENT, assert_harmless, attempt, huge, one
from .readers import MARKDOWN, MEANT, every, raw

PLACES = st.dictionaries(
    st.just("gradients.py") | HOSTILE, st.builds(Place, path=HOSTILE, text=HOSTILE), max_size=2
)
# An exercise's id is of one form, whoever writes it.
IDS = st.sampled_from(["exercise-01", "exercise-02"])
ROWS = st.builds(
    Row,
    exercise=IDS,
    title=HOSTILE,
    points=st.integers(0, 10**4).map(lambda hundredths: Fraction(hundredths, 100)),
    attempt=st.none() | ATTEMPTS,
    why=HOSTILE,
    fault=st.none() | st.sampled_from(Fault),
    notes=st.lists(HOSTILE, max_size=2).map(tuple),
    hidden=st.none() | st.integers(0, 3),
)
# The tags that fold an exercise away.
FOLD = re.compile(r"<details>\n<summary>exercise-\d\d</summary>|</details>")
SHEETS = st.builds(
    Sheet,
    title=HOSTILE,
    rows=st.lists(ROWS, max_size=3).map(tuple),
    why=HOSTILE,
    fault=st.none() | st.sampled_from(Fault),
)


@PATIENT
@given(made=ATTEMPTS, places=PLACES)
def test_annotations(made: Attempt, places: dict[str, Place]) -> None:
    """Every line is one annotation, of a file that was graded, and says nothing that is obeyed."""
    log = annotations.render(annotations.of(made, places))
    found = obeyed(log)

    log.encode()
    assert log.count("\n") == len(found)
    for name, properties, message in found:
        assert name in ("error", "warning", "notice")
        assert set(properties) <= {"file", "line", "title"}
        assert properties.get("file", "") in {"", *(plain(place.path) for place in places.values())}
        assert_harmless(properties["title"])
        assert_harmless(message)
        assert len(message) <= 4096
    assert log.replace("\n", "").replace("\u200c", "").replace("\u200d", "").isprintable()
    assert "##[" not in log


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_many_annotations(kind: str) -> None:
    """Of a kind there are as many as GitHub keeps, and the points of all of them are told."""
    made = huge(kind)
    found = annotations.of(made, {"gradients.py": Place("a.py")})
    shown = obeyed(annotations.render(found))
    lost = sum((each.check.points for each in made.verdicts
                if each.outcome not in (Outcome.PASSED, Outcome.SKIPPED)), Fraction(0))  # fmt: skip

    assert sum((each.points for each in found), Fraction(0)) == lost
    assert 1 <= len(shown) <= 10


@PATIENT
@given(made=SHEETS, note=HOSTILE)
def test_summary(made: Sheet, note: str) -> None:
    """Any sheet gives Markdown whose texts mean their letters, and the sum of what was graded."""
    text = summary.export(made, note)
    tokens = MARKDOWN(text)
    assert isinstance(tokens, list)

    assert_harmless(text)
    for token in every(tokens):
        if token["type"] == "block_html":
            assert FOLD.fullmatch(token["raw"].strip())
        else:
            assert token["type"] in MEANT
    if made.score.is_decided:
        total = f"{points_text(made.score.earned)} of {points_text(made.score.possible)} points"
        assert total in html.unescape(raw(tokens[0]))
    sheets.to_json(made).encode("ascii")


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_a_huge_summary(kind: str) -> None:
    """However big the attempts, the summary is one that the runner keeps, with every check."""
    row = Row("exercise-03", "Gradients", Fraction(1000), huge(kind))
    small = dataclasses.replace(row, attempt=attempt((one(),)))
    made = Sheet("Course", (row, small))
    text = summary.export(made)
    shown = [token for token in every(MARKDOWN(text)) if token["type"] == "table_row"]  # type: ignore[arg-type]

    assert len(text.encode()) <= 1024 * 1024
    assert len(shown) == 2 + len(huge(kind).verdicts) + 1
