"""Tests of the summary of several exercises, read by a parser of Markdown."""

from dataclasses import replace
from fractions import Fraction

import mistune
from hypothesis import given
from hypothesis import strategies as st

from grader.records import Attempt, Outcome
from grader.reports.exports import summary
from grader.reports.sheet import Fault, Row, Sheet

from .conftest import ATTEMPTS, HOSTILE, PATIENT, assert_harmless, attempt, huge, kept, one

PARSE = mistune.create_markdown(renderer="ast", plugins=["table"])

ROWS = st.builds(
    Row,
    exercise=st.just("exercise-03"),
    title=HOSTILE,
    points=st.integers(0, 10**4).map(lambda hundredths: Fraction(hundredths, 100)),
    attempt=st.none() | ATTEMPTS,
    why=HOSTILE,
    fault=st.none() | st.sampled_from(Fault),
    notes=st.lists(HOSTILE, max_size=2).map(tuple),
)
SHEETS = st.builds(
    Sheet, title=HOSTILE, rows=st.lists(ROWS, max_size=3).map(tuple), why=HOSTILE,
    fault=st.none() | st.sampled_from(Fault),
)  # fmt: skip


def row(made: Attempt | None, points: str = "4", **words: object) -> Row:
    """Make a row of a sheet."""
    return Row("exercise-03", "Gradients", Fraction(points), made, **words)


@PATIENT
@given(SHEETS)
def test_any_sheet(made: Sheet) -> None:
    """Whatever anybody wrote, nothing but our own headings and folds takes effect."""
    text = summary.export(made)
    tokens = PARSE(text)
    html = [token["raw"] for token in tokens if token["type"] == "block_html"]
    headings = [token for token in tokens if token["type"] == "heading"]

    assert_harmless(text)
    assert all("".join(each.split()) in {
        "<details><summary>exercise-03</summary>", "</details>",
    } for each in html)  # fmt: skip
    assert len(headings) <= 1 + len(made.rows)
    assert {token["type"] for token in tokens} <= {
        "heading", "paragraph", "block_code", "blank_line", "table", "block_html",
    }  # fmt: skip


def test_several() -> None:
    """The sum stands above; what has every point is folded, what is not begun only in the table."""
    stub = attempt((one(Outcome.RAISED, "not written yet (part 1)", points="5"),))
    full = attempt((one(Outcome.PASSED, points="2"),))
    half = attempt((one(Outcome.PASSED, id_="a", points="0.5"), one(message="is 3", id_="b")))
    rows = (row(full, "2"), row(half, "1.5"), row(stub, "5"))

    assert summary.export(Sheet("Course", rows)) == (
        "## 2.5 of 8.5 points\n\n"
        "| | exercise | points |\n|---|---|---:|\n"
        "| ✓ | exercise-03: Gradients | 2 / 2 |\n"
        "| ✗ | exercise-03: Gradients | 0.5 / 1.5 |\n"
        "| – | exercise-03: Gradients | 0 / 5 |\n\n"
        "<details>\n<summary>exercise-03</summary>\n\n"
        "### exercise-03: Gradients\n\n**2 / 2**\n\n"
        "| | check | points |\n|---|---|---:|\n| ✓ | A title. | 2 / 2 |\n\n"
        "Submission handed-in/ada, seed 20\n\nFull marks: 1 of 1 check passes.\n\n</details>\n\n"
        "### exercise-03: Gradients\n\n**0.5 / 1.5**\n\n"
        "| | check | points |\n|---|---|---:|\n"
        "| ✓ | A title. | 0.5 / 0.5 |\n| ✗ | A title. | 0 / 1 |\n\n"
        "**A title.**\n\n```text\nis 3\n```\n\nSubmission handed-in/ada, seed 20\n"
    )


def test_withheld() -> None:
    """What is checked elsewhere is told, in the table and below the exercise."""
    full = attempt((one(Outcome.PASSED, points="2"),))
    text = summary.export(Sheet("Course", (row(full, "7", hidden=3), row(full, "2"))))

    assert "| 2 / 2, 5 more at submission |" in text
    assert "0 of 0 visible checks pass; 3 more (5 points) are checked at submission." in text


def test_ungraded() -> None:
    """Without a score there is no number, and it says what to do."""
    text = summary.export(Sheet("Course", (row(None, why="it broke", fault=Fault.COURSE),)))

    assert text == (
        "## No score yet\n\n### exercise-03: Gradients\n\n"
        "**Not graded: tell your teacher; nothing is lost.**\n\n```text\nit broke\n```\n"
    )


def test_undecided_check() -> None:
    """A check that could not be decided leaves the whole without a score."""
    rows = (row(replace(kept("ungraded"), exercise="exercise-03"), fault=Fault.GRADER),)

    assert summary.export(Sheet("Course", rows)).startswith("## No score yet\n")


def test_nothing() -> None:
    """Where nothing was to be graded it says so, and why."""
    text = summary.export(Sheet("Course", (), "Of 2 exercises, the push changed 0."))

    assert text == "## Nothing was graded\n\n```text\nOf 2 exercises, the push changed 0.\n```\n"


def test_note() -> None:
    """A note of ours stands above everything."""
    text = summary.export(Sheet("Course", (), "", Fault.COURSE), "A dry run.")

    assert text == "## Not graded: tell your teacher; nothing is lost\n\nA dry run.\n"


def test_size() -> None:
    """Five huge exercises stay below what a step may have, and keep every check."""
    rows = tuple(row(huge("both"), "25") for _ in range(5))
    text = summary.export(Sheet("Course", rows))

    assert len(text.encode()) <= summary.MOST_BYTES < 1 << 20
    assert text.count("is one of many. | ") == 5 * 50
