"""Tests of the job summary, read by a parser of Markdown: a table, and nothing that does more."""

import dataclasses
import html

import pytest

from grader.records import Outcome
from grader.reports.exports import markdown

from .conftest import attempt, kept, one
from .readers import MARKDOWN, every


def parsed(text: str) -> list[dict]:
    """Parse Markdown into its tokens."""
    tokens = MARKDOWN(text)
    assert isinstance(tokens, list)
    return tokens


def written(token: dict) -> str:
    """Give the letters of a token."""
    inner = "".join(map(written, token.get("children", [])))
    return html.unescape(token.get("raw", "")) + inner


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
        "- a",
        "1. a",
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


@pytest.mark.parametrize("text", ["- a", "+ a", "1. a", "23) a", "---", "===", "# a", "> a", "1."])
def test_paragraphs_stay_paragraphs(text: str) -> None:
    """A text that begins a paragraph begins no list, rule or heading."""
    (token,) = parsed(markdown.escaped(text))

    assert token["type"] == "paragraph"
    assert written(token) == text


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
