"""What the programs that read each format make of a file, told by small readers of our own.

A reader holds a file against the published schema, or against one of ours that says what a
program's sources and documents ask for (`schemas/` names them), and then takes from it what the
program takes, by the same arithmetic. READERS has one for each format: a format without one fails
its tests. design/formats.md tells which of the programs themselves were run.
"""

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import mistune
import xmlschema

from grader.records import points_text

SCHEMAS = Path(__file__).parent / "schemas"

MARKDOWN = mistune.create_markdown(renderer="ast", plugins=["table", "strikethrough", "math"])
# What may come of any text. (A bare address becomes a link on GitHub, to where it says.)
MEANT = {
    "heading", "paragraph", "strong", "text", "block_code", "blank_line", "table", "table_head",
    "table_body", "table_row", "table_cell",
}  # fmt: skip
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Heard:
    """What a program takes from a file.

    Args:
        checks: how many checks it shows.
        earned: the points that it records, in the file's own digits; None where it records none.
        possible: out of how many, likewise.
        texts: all that it could print, each as it would be printed.
        told: points of each check as the file has them, earned and possible; empty where a format
            has none. "?" is told as None.
    """

    checks: int
    earned: str | None
    possible: str | None
    texts: tuple[str, ...]
    told: tuple[tuple[str | None, str | None], ...] = ()


def autolab(text: str) -> Heard:
    """Read as saveAutograde, parseAutoresult and parseFeedback do, and the page below them."""
    *_, feedback, last = text.rstrip().split("\n")
    scores = digits(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', last))
    shown = json.loads(feedback)
    validator("autolab.scores").validate(json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', last)))
    validator("autolab.feedback").validate(shown)
    assert isinstance(scores, dict)
    found = scores["scores"]
    # A problem is looked up in a database that does not tell case apart.
    assert len({name.casefold() for name in found}) == len(found)
    assert list(shown["Checks"]) == list(found)
    # What the table of submissions keeps of the last line.
    assert len(last.encode()) <= 65_535
    total = None if None in found.values() else added(found.values())
    rows = tuple((points, None) for points in found.values())
    return Heard(len(found), total, None, (*strings(shown), *found, text), rows)


def classroom(text: str) -> Heard:
    """Read as notify-classroom.js does, which adds up points whatever the status of a test."""
    encoded = base64.b64encode(text.encode())
    # One string of the environment, as Linux bounds it.
    assert len(b"EXERCISE03_RESULTS=" + encoded + b"\0") <= 128 << 10
    result = json.loads(base64.b64decode(encoded).decode())
    validator("classroom").validate(result)
    tests = result["tests"]
    points = [(str(test["score"]), None) for test in tests]
    if not result["max_score"]:
        return Heard(len(tests), None, None, tuple(strings(result)))
    total = str(sum(test["score"] for test in tests))
    return Heard(len(tests), total, str(result["max_score"]), tuple(strings(result)), tuple(points))


def classroom50(text: str) -> Heard:
    """Read as validate_result of the runner and of the collector do."""
    result = json.loads(text)
    validator("classroom50").validate(result)
    assert result["score"] <= result["max-score"]
    rows = [(test["score"], test["max-score"]) for test in result["tests"]]
    assert all(score <= most for score, most in rows)
    told = tuple((str(score), str(most)) for score, most in rows)
    total = (str(result["score"]), str(result["max-score"]))
    return Heard(len(rows), *total, tuple(strings(result)), told)


def table(text: str) -> Heard:
    """Read rows, and as a spreadsheet does whose owner's country ends cells with a semicolon."""
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    cells = [cell for row in rows for cell in row.values()]
    others = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")
              for cell in row]  # fmt: skip
    unquoted = [cell for line in text.split("\n") for cell in line.split(";")]
    for cell in [*cells, *others, *unquoted]:
        assert not re.match(r'[\s"]*[-=+@－＝＋＠]', cell)
    # What a cell of Excel holds, in units of UTF-16.
    assert all(len(cell.encode("utf-16-le")) <= 2 * 32_767 for cell in cells)
    told = tuple((row["points"] or None, row["possible"]) for row in rows)
    total = added(row["points"] for row in rows) if all_graded(rows) else None
    return Heard(len(rows), total, added(row["possible"] for row in rows), tuple(cells), told)


def all_graded(rows: list[dict[str, str]]) -> bool:
    """Whether a table says of its rows that they are graded; of none it says nothing."""
    (status,) = {row["status"] for row in rows} or {"ungraded"}
    return status == "graded"


def exercism(text: str) -> Heard:
    """Read as the model TestRun does; there are no points."""
    result = json.loads(text)
    validator("exercism").validate(result)
    tests = result.get("tests", [])
    # building/tooling/docker.md
    assert len(text.encode()) <= 500_000
    if tests:
        assert (result["status"] == "pass") == all(test["status"] == "pass" for test in tests)
    return Heard(len(tests), None, None, tuple(strings(result)))


def gradescope(text: str) -> Heard:
    """Read what the autograder specification says: the score stands above the tests' own."""
    validator("gradescope").validate(json.loads(text))
    result = digits(text)
    told = tuple((test["score"], test["max_score"]) for test in result["tests"])
    assert len(text.encode()) <= 1_000_000
    possible = added(most for _, most in told)
    return Heard(len(told), result["score"], possible, tuple(strings(json.loads(text))), told)


def page(text: str) -> Heard:
    """Read as a browser does that takes the page for XHTML, and finds nothing to run or fetch."""
    root = ElementTree.fromstring(text.replace("<!DOCTYPE html>", "", 1))
    tags = {element.tag.removeprefix(XHTML) for element in root.iter()}
    assert not tags & {"script", "iframe", "img", "object", "embed", "link", "form", "a", "base"}
    for element in root.iter():
        assert not any(name.startswith("on") or name in ("href", "src") for name in element.attrib)
    of = {name: [written(each) for each in root.iter() if each.get("class") == name]
          for name in ("points", "sum", "sum open")}  # fmt: skip
    (total,) = of["sum"] or of["sum open"]
    told = tuple(fraction(each) for each in of["points"])
    earned, possible = fraction(total) if " / " in total else (None, None)
    # A page is for people: no log's commands are looked for in it.
    return Heard(len(told), earned, possible, (), told)


def junit(text: str) -> Heard:
    """Read as Jenkins does: the schema of its plugin, then one suite with its testcases."""
    root = ElementTree.fromstring(text.encode())
    problems = [str(each.reason) for each in xsd().iter_errors(root)]
    assert problems == []
    (suite,) = root
    values = {entry.attrib["name"]: entry.attrib["value"] for entry in suite.iter("property")}
    cases = suite.findall("testcase")
    # Jenkins tells cases apart by both names; mikepenz/action-junit-report takes twins for retries.
    names = {(case.attrib["classname"], case.attrib["name"]) for case in cases}
    assert len(names) == len(cases) == int(suite.attrib["tests"])
    told = [fraction(value) for name, value in values.items() if name.startswith("points.")]
    texts = [text for element in root.iter() for text in (*element.attrib.values(), element.text)]
    # GitLab's bound.
    assert len(text.encode()) <= 30_000_000
    total = values.get("score"), values["possible"] if "score" in values else None
    return Heard(len(cases), *total, tuple(filter(None, texts)), tuple(told))


def summary(text: str) -> Heard:
    """Read as GitHub's Markdown is read: one heading, the score, one table, fenced messages."""
    tokens = MARKDOWN(text)
    assert isinstance(tokens, list)
    assert {token["type"] for token in every(tokens)} <= MEANT
    assert [token["type"] for token in tokens].count("heading") == 1
    # Above this the runner keeps no summary at all (FileCommandManager.cs in actions/runner).
    assert len(text.encode()) <= 1024 * 1024
    rows = [token["children"] for token in every(tokens) if token["type"] == "table_row"]
    assert all(len(row) == 3 for row in rows)
    told = tuple(fraction(raw(row[2])) for row in rows)
    total = raw(next(token for token in tokens if token["type"] == "paragraph"))
    earned, possible = fraction(total) if re.fullmatch(r"[\d.]+ / [\d.]+", total) else (None, None)
    return Heard(len(rows), earned, possible, (text,), told)


def prairielearn(text: str) -> Heard:
    """Read as makeGradingResult, processGradingResult and the element of the results do."""
    validator("prairielearn").validate(json.loads(text))
    result = digits(text)
    # grader-host reads no more (apps/grader-host/src/index.ts).
    assert len(text.encode()) <= 1024 * 1024
    tests = result["tests"]
    texts = tuple(strings(json.loads(text)))
    if not result["gradable"]:
        assert not any("points" in test for test in tests)
        return Heard(len(tests), None, None, texts)
    told = tuple((test["points"], test["max_points"]) for test in tests)
    earned, possible = added(one for one, _ in told), added(most for _, most in told)
    share = Fraction(earned) / Fraction(possible) if Fraction(possible) else Fraction(1)
    assert abs(Fraction(result["score"]) - share) < Fraction(1, 10**12)
    return Heard(len(tests), earned, possible, texts, told)


READERS: dict[str, Callable[[str], Heard]] = {
    "autolab": autolab,
    "classroom": classroom,
    "classroom50": classroom50,
    "csv": table,
    "exercism": exercism,
    "gradescope": gradescope,
    "html": page,
    "junit": junit,
    "markdown": summary,
    "prairielearn": prairielearn,
}


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """Read a schema of JSON, and make sure that it is one."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@cache
def xsd() -> xmlschema.XMLSchema:
    """Read the schema that Jenkins' xunit-plugin publishes, as the sources of pytest have it."""
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def digits(text: str) -> dict:
    """Read an object whose numbers stay the texts that they are in the file."""
    found = json.loads(text, parse_float=str, parse_int=str)
    assert isinstance(found, dict)
    return found


def added(points: Iterable[str | None]) -> str:
    """Add up decimals exactly."""
    return points_text(sum((Fraction(each) for each in points if each), Fraction(0)))


def fraction(text: str) -> tuple[str | None, str | None]:
    """Read "1 / 2" or "? / 2"."""
    earned, possible = text.split(" / ")
    return None if earned == "?" else earned, possible


def strings(value: object) -> Iterator[str]:
    """Give every text in a value of JSON, the names of its fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def every(tokens: list[dict]) -> Iterator[dict]:
    """Give every token of Markdown, with those inside others."""
    for token in tokens:
        yield token
        yield from every(token.get("children", []))


def raw(token: dict) -> str:
    """Give the letters of a token of Markdown."""
    return token.get("raw", "") + "".join(map(raw, token.get("children", [])))


def written(element: ElementTree.Element) -> str:
    """Give the letters of an element."""
    return "".join(element.itertext())
