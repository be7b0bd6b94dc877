"""Tests of the job summary, read by a parser of Markdown: a table, and nothing that does more."""

import dataclasses
import html
from collections.abc import Iterator

import mistune
import pytest
from hypothesis import given

from grader.records import Attempt, Outcome
from grader.reports.exports import markdown

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, huge, kept, one

PARSE = mistune.create_markdown(renderer="ast", plugins=["table", "strikethrough", "math"])

# What may come of any text. (A bare address becomes a link on GitHub, to where it says.)
EXPECTED = {
    "heading", "paragraph", "strong", "text", "block_code", "blank_line", "table", "table_head",
    "table_body", "table_row", "table_cell",
}  # fmt: skip


def parsed(text: str) -> list[dict]:
    """Parse Markdown into its tokens."""
    tokens = PARSE(text)
    assert isinstance(tokens, list)
    return tokens


def every(tokens: list[dict]) -> Iterator[dict]:
    """Give every token, with those inside others."""
    for token in tokens:
        yield token
        yield from every(token.get("children", []))


def written(token: dict) -> str:
    """Give the letters of a token."""
    inner = "".join(map(written, token.get("children", [])))
    return html.unescape(token.get("raw", "")) + inner


@PATIENT
@given(ATTEMPTS)
def test_any_attempt(made: Attempt) -> None:
    """Any attempt gives one heading and one table with every check, and no text takes effect."""
    text = markdown.export(made)
    tokens = parsed(text)
    found = list(every(tokens))

    assert_harmless(text)
    assert {token["type"] for token in found} <= EXPECTED
    assert [token["type"] for token in tokens].count("heading") == 1
    rows = [token for token in found if token["type"] == "table_row"]
    assert len(rows) == len(made.verdicts)
    assert all(len(row["children"]) == 3 for row in rows)


@pytest.mark.parametrize(
    "message",
    ["```\n# no\n```", "~~~", "``````", "    indented", "<script>", "::error::x", "a\n\nb"],
)
def test_fences_hold(message: str) -> None:
    """A message stays between its fences, whatever it holds."""
    (code,) = [
        token
        for token in parsed(markdown.export(attempt((one(message=message),))))
        if token["type"] == "block_code"
    ]

    assert code["raw"] == f"{message.replace('::e', ': :e')}\n"


@pytest.mark.parametrize(
    "title",
    [
        "a | b",
        r"a \| b",
        "*a* _b_ `c` ~~d~~",
        "[a](b) ![c](d)",
        "<b>a</b> &amp;",
        "$a$ # b",
        "@ada",
    ],
)
def test_titles_mean_their_letters(title: str) -> None:
    """A title is shown letter for letter."""
    cells = [
        written(token)
        for token in every(parsed(markdown.export(attempt((one(title=title),)))))
        if token["type"] == "table_cell"
    ]

    assert cells[4] == title


def test_equal_messages_are_told_once() -> None:
    """What several checks say alike stands once, below all of their titles."""
    verdicts = [
        one(Outcome.RAISED, "SyntaxError: no", id_=name, title=f"{name}.") for name in "abc"
    ]
    text = markdown.export(attempt(tuple(verdicts)))

    assert text.count("SyntaxError: no") == 1
    assert "\n**a.; b.; c.**\n\n```text\nSyntaxError: no\n```\n" in text


def test_ungraded() -> None:
    """An ungraded attempt has no score, and its check no points."""
    text = markdown.export(kept("ungraded"))

    assert "\n**not decided: 1 of 9 checks could not be graded; tell your teacher**\n" in text
    assert "| ? | Two runs with one seed agree. | ? / 1 |" in text


@pytest.mark.parametrize("path", ["---", "- a", "1. a", "# a", "===", "> a", "    a", "+ a"])
def test_paths_mean_their_letters(path: str) -> None:
    """A path is the last line, whatever Markdown makes of such a line."""
    last = parsed(markdown.export(dataclasses.replace(kept("full"), path=path)))[-1]

    assert last["type"] == "paragraph"
    assert written(last) == f"Submission {path.strip()}, seed 20"


@pytest.mark.parametrize("kind", ["many", "long", "both"])
def test_huge_attempts(kind: str) -> None:
    """However big an attempt, the summary is kept by GitHub, with every check."""
    made = huge(kind)
    text = markdown.export(made)

    assert len(text.encode()) < 1 << 20
    assert text.count("\n| ") == len(made.verdicts) + 1
