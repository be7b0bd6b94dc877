"""Tests of all formats: their files, letter for letter, for three attempts that are kept.

`GRADER_UPDATE_GOLDEN=1` rewrites the golden files; read the difference before keeping it.
"""

import os
import re
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.records import Attempt
from grader.reports.exports.registry import FORMATS

from .conftest import GOLDEN, attempt, kept, one
from .test_classroom50 import VARIABLES

DOCUMENT = Path(__file__).parents[3] / "docs" / "exports.md"


def exported(name: str, made: Attempt) -> str:
    """Export an attempt; where the format refuses, its sentence."""
    try:
        return FORMATS[name].export(made, VARIABLES)
    except SandboxError as error:
        return f"refused: {error}\n"


@pytest.mark.parametrize("which", ["full", "half", "ungraded"])
@pytest.mark.parametrize("name", FORMATS)
def test_golden(name: str, which: str) -> None:
    """A format gives exactly the bytes that are kept."""
    path = GOLDEN / "exports" / f"{which}-{name}.txt"
    data = exported(name, kept(which)).encode()
    if os.environ.get("GRADER_UPDATE_GOLDEN"):
        path.write_bytes(data)

    assert path.read_bytes() == data


def test_every_golden_file_is_compared() -> None:
    """No golden file is left over."""
    names = {f"{which}-{name}.txt" for which in ("full", "half", "ungraded") for name in FORMATS}

    assert {path.name for path in (GOLDEN / "exports").iterdir()} == names


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_but_the_record(name: str) -> None:
    """Whether a check is hidden changes nothing that a student reads, and secrets are not there."""
    text = exported(name, attempt((one(message="off by 1"),)))

    assert "off by 1" in text
    assert "test_loss" not in text


def test_formats_are_listed() -> None:
    """The document has a row for each format, with the file that its reader expects."""
    rows = re.findall(r"^\| `(\w+)` \| (?:`([\w.]+)`)?", DOCUMENT.read_text("utf-8"), re.MULTILINE)

    assert rows == [(form.name, form.file) for form in FORMATS.values()]
